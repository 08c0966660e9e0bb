"""A model server can load the candidate."""

from __future__ import annotations

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.production import Production
from servegate.facts.settings import Rollout, Settings
from servegate.facts.start import Start
from servegate.findings import Finding, Location
from servegate.providers import Broken
from servegate.tfserving.op_errors import lacked_by
from servegate.tfserving.served_files import WARM_UP


@check(claims=("V18", "R01"))
def loads(
    candidate: Candidate, production: Production, settings: Settings, start: Start
) -> Outcome:
    """The server loads the candidate.

    What it checks:
        A server is started on the version tree after the change and is asked until this very
        version is AVAILABLE, for `serving.load_timeout` at most: what production waits. That
        another version answers does not count. What the embedded server lacks and the official
        image has (TF-Text, TF-DF) is no fault of the model: the gate then cannot tell.

    Why it matters:
        A version that fails to load stops a server that starts with it; a running server
        skips it in silence and goes on answering from the old one.

    Remedy:
        The finding carries the server's own reason and the end of its log.
    """
    if op := lacked_by(start.runtime, start.failure):
        raise Broken(
            f"The model uses {op}, which the official TF Serving image has and the embedded server "
            "has not.",
            remedy="Validate this model with a real TF Serving (`--runtime binary`).",
        )
    if start.failure:
        file, remedy = _cure(candidate, start.failure)
        yield Finding(
            message=f"Version {candidate.version} does not load, and in production "
            f"{_in_production(production, settings)}: {start.failure}",
            expected=f"version {candidate.version} becomes AVAILABLE",
            observed=start.failure,
            remedy=remedy,
            location=Location(file=file),
            evidence={"log": start.log},
        )


def _in_production(production: Production, settings: Settings) -> str:
    if settings.rollout is Rollout.IMAGE:
        return "a fresh server does not start, or opens without it"
    before = production.base.unversioned() if production.base else None
    if before is None:
        return "nothing answers"
    return f"version {before} goes on answering"


def _cure(candidate: Candidate, failure: str) -> tuple[str, str]:
    """What to mend, and how. TF Serving does not name the file of the warm-up requests."""
    if "warmup" in failure.lower() and (candidate.root / WARM_UP).is_file():
        file = f"{candidate.place}/{WARM_UP}"
        return file, f"Write {file} again with this model's own requests, or delete it."
    return candidate.place, (
        f"Export the model in {candidate.place} again and load it once before you commit it."
    )
