"""A model server can load the candidate."""

from __future__ import annotations

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.start import Start
from servegate.findings import Finding, Location


@check(claims=("V18", "P09", "P11"))
def loads(candidate: Candidate, start: Start) -> Outcome:
    """The server loads the candidate.

    What it checks:
        A server is started on the version tree after the change and is asked until this very
        version is AVAILABLE. That another version answers does not count.

    Why it matters:
        A version that fails to load stops a server that starts with it; a running server
        skips it in silence and goes on answering from the old one.

    Remedy:
        The finding carries the server's own reason and the end of its log.
    """
    if start.failure:
        yield Finding(
            message=f"Version {candidate.version} does not load: {start.failure}",
            expected=f"version {candidate.version} becomes AVAILABLE",
            observed=start.failure,
            remedy=f"Export the model in {candidate.place} again and load it once before you "
            "commit it.",
            location=Location(file=candidate.place),
            evidence={"log": start.log},
        )
