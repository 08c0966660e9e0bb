"""A candidate whose number is not the highest is never picked up."""

from __future__ import annotations

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate, Event, ModelChange
from servegate.facts.production import Production
from servegate.facts.settings import Rollout, Settings
from servegate.findings import Finding, Location
from servegate.providers import NotApplicable


@check(claims=("V02",))
def number_increases(
    candidate: Candidate, change: ModelChange, production: Production, settings: Settings
) -> Outcome:
    """The candidate's number is higher than every number that production has.

    What it checks:
        The number of a version that this change adds against the numbers of the base commit.
        Numbers are compared as numbers: 1538687457 is higher than 2. It passes when production's
        own version policy makes the candidate answer all the same.

    Why it matters:
        Under the default policy a server answers from the highest number it finds. A lower
        one is never loaded; no error is logged, and the old version goes on answering.

    Remedy:
        Rename the version directory to a number higher than all others. Teams whose deployments
        start a fresh container each time say `rollout: image` in `servegate.yml`.
    """
    if settings.rollout is Rollout.IMAGE:
        raise NotApplicable("With `rollout: image` a fresh server starts; numbers need not rise.")
    if candidate.event not in (Event.ADDED, Event.RENAMED):
        raise NotApplicable("This change adds no version.")
    if candidate.superseded_by is not None:
        raise NotApplicable(f"The same change adds {candidate.superseded_by}, which answers.")
    before = change.base_names.highest()
    if before is None or candidate.version > before.version:
        return
    if production.head.unversioned() == candidate.version:
        return
    yield Finding(
        message=f"Version {candidate.version} is never picked up: production already has "
        f"{before.version}, and a server serves the highest number.",
        expected=f"a number above {before.version}",
        observed=f"the new version directory {candidate.place}",
        remedy=f"Rename it to {before.version + 1}. If every deployment starts a fresh container, "
        "set `serving: {rollout: image}` in servegate.yml.",
        location=Location(file=candidate.place),
        evidence={"highest_before": str(before.version)},
    )
