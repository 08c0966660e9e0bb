"""The way back from the candidate."""

from __future__ import annotations

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.rehearsal import Rehearsal, RollBack
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import Blocked, NotApplicable


@check(claims=("V16",))
def roll_back_works(candidate: Candidate, rehearsal: Rehearsal) -> Outcome:
    """Taking the candidate away brings the version before it back.

    What it checks:
        After the rehearsed upgrade (see upgrade-happens) the candidate is taken away again, in the
        version tree as this change leaves it, under the configuration before the change. The
        version that production serves now has to answer again. Where the change itself deletes
        that one and an older one answers in its place, that is worth a word; where none is left,
        the report says so.

    Why it matters:
        Whoever deletes the directory of a bad release at night wants the last good version back,
        and not the one before it, or none.

    Remedy:
        Keep the version that production serves until the next release is proven, with its files as
        they were.
    """
    back = rehearsal.roll_back
    if rehearsal.switched is None:
        raise Blocked(rehearsal.failure, by="version/upgrade-happens")
    if back is None:
        raise NotApplicable("This change brings no version: it takes one away.")
    if back.failure:
        yield _fails(candidate, rehearsal, back)
    elif back.expected is None:
        yield Remark(
            message=f"The change deletes version {rehearsal.base}: taking {candidate.version} away "
            "leaves no version to answer."
        )
    elif back.expected != rehearsal.base:
        yield _older(candidate, rehearsal, back)
    else:
        took = (back.answered or back.at) - back.at
        yield Remark(message=f"Version {rehearsal.base} answered again after {took:.1f} s.")


def _fails(candidate: Candidate, rehearsal: Rehearsal, back: RollBack) -> Finding:
    return Finding(
        message=f"There is no way back from version {candidate.version}: when it is taken away, "
        f"version {back.expected} does not come back: {back.failure.rstrip('.')}.",
        expected=f"version {back.expected} answers again",
        observed=back.failure,
        remedy=f"Leave the files of version {back.expected} as production has them.",
        location=Location(file=candidate.path),
        evidence={"log": rehearsal.log},
    )


def _older(candidate: Candidate, rehearsal: Rehearsal, back: RollBack) -> Finding:
    return Finding(
        message=f"Taking version {candidate.version} away brings version {back.expected} back, "
        f"and not {rehearsal.base}, which production serves now and this change deletes.",
        expected=f"version {rehearsal.base} answers again",
        observed=f"version {back.expected} does",
        remedy=f"Keep version {rehearsal.base} until {candidate.version} is proven, and delete "
        "older ones in its place.",
        location=Location(file=candidate.path),
        severity=Severity.ADVISORY,
    )
