"""A candidate whose number is not the highest is never picked up."""

from __future__ import annotations

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate, Event, ModelChange
from servegate.facts.production import Production
from servegate.facts.settings import Rollout, Settings
from servegate.findings import Finding, Location, Remark
from servegate.providers import NotApplicable
from servegate.release import refuse_superseded
from servegate.tfserving.versions import VersionName
from servegate.wording import listed


@check(claims=("V02",))
def number_increases(
    candidate: Candidate, change: ModelChange, production: Production, settings: Settings
) -> Outcome:
    """The candidate's number is higher than every number that production has.

    What it checks:
        The number of a version that this change adds against the numbers of the base commit, or
        of `baseline:`. Numbers are compared as numbers: 1538687457 is higher than 2. It passes when
        production's own version policy makes the candidate answer all the same, or loads it and
        has a label for it. Where the policy pins versions, numbers need not rise:
        version/policy-serves-candidate looks at the pins.

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
    refuse_superseded(candidate, production)
    if production.head.pinned:
        raise NotApplicable("Production's policy names its versions: numbers need not rise.")
    before = change.base_names.highest()
    if before is None or candidate.version > before.version:
        return
    here = change.head_names.named(before.version) is not None
    gone = not (here or _stays_elsewhere(change, before))
    if gone and production.head.unversioned() == candidate.version:
        return
    beside = here and candidate.version in production.head.aspired
    labels = production.head.labels_of(candidate.version)
    if beside and labels:
        yield Remark(message=f"Production answers with it by label: {listed(labels)}.")
        return
    yield Finding(
        message=f"Version {candidate.version} is "
        + ("loaded and does not answer" if beside else "never picked up")
        + f": production already has {before.version}, and a server answers with the highest "
        f"number. Requests that name no version go on being answered by {before.version}.",
        expected=f"a number above {before.version}",
        observed=f"the new version directory {candidate.place}",
        remedy=f"Rename it to {before.version + 1}. If every deployment starts a fresh container, "
        "set `serving: {rollout: image}` in servegate.yml.",
        location=Location(file=candidate.place),
        evidence={"highest_before": str(before.version)},
    )


def _stays_elsewhere(change: ModelChange, before: VersionName) -> bool:
    """Whether production keeps a version that was merely not fetched here (`baseline:`)."""
    return all(one.version != before.version for one in change.children)
