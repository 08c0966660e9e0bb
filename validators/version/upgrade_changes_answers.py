"""With the version the answers change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servegate.checks import Outcome, check
from servegate.comparison import moved
from servegate.facts.change import Baseline, Candidate, Event
from servegate.facts.probes import Exchange, Replies
from servegate.facts.rehearsal import Rehearsal
from servegate.facts.settings import Rollout, Settings
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import Later, NotApplicable
from servegate.savedmodel.files import VersionFiles, read_files, same_files
from servegate.savedmodel.unreadable import Unreadable
from servegate.wording import count


@check(claims=("V05",), severity=Severity.ADVISORY)
def upgrade_changes_answers(
    candidate: Candidate,
    settings: Settings,
    baseline: Baseline,
    files: VersionFiles,
    rehearsal: Later[Rehearsal],
    replies: Later[Replies],
    baseline_replies: Later[Replies],
) -> Outcome:
    """The answers change when the candidate takes over.

    What it checks:
        The same requests before and after the upgrade: in the rehearsal with `rollout: volume`, to
        the base's server and the candidate's side by side with `rollout: image`. The report says
        how many answers changed. Where none did although files did, the report says so: a new
        export of the same weights is healthy. Where every file is equal too, it is a finding;
        whether that blocks is decided by not-a-copy.

    Why it matters:
        The version that the server names is what it was told. That the answers changed is what
        clients see.

    Remedy:
        Look whether the export took the new weights.
    """
    if candidate.version == baseline.version and candidate.event is Event.UNCHANGED:
        raise NotApplicable(f"Production serves version {candidate.version} already.")
    exchanges = (
        rehearsal().exchanges
        if settings.rollout is Rollout.VOLUME
        else tuple(_side_by_side(replies(), baseline_replies()))
    )
    answered = [one for one in exchanges if one.before.answered and one.after.answered]
    if not answered:
        raise NotApplicable("No request was answered by both versions.")
    changed = sum(_moved(one) for one in answered)
    asked = count(len(answered), "request")
    if changed:
        yield Remark(message=f"{changed} of {asked} got another answer than before.")
    elif _same(files, baseline):
        yield _equal(candidate, baseline, answered)
    else:
        yield Remark(
            message=f"All of {asked} got the very same answer from version {baseline.version} "
            f"and version {candidate.version}, whose files differ: proven equal on these requests."
        )


def _side_by_side(after: Replies, before: Replies) -> Iterator[Exchange]:
    for signature, said in before:
        for one, other in zip(said, after.by_signature.get(signature, ()), strict=True):
            yield Exchange(before=one, after=other)


def _moved(exchange: Exchange) -> bool:
    return bool(moved(exchange.before.outputs or {}, exchange.after.outputs or {}))


def _same(files: VersionFiles, baseline: Baseline) -> bool:
    try:
        return same_files(files, read_files(baseline.root))
    except Unreadable:
        return False


def _equal(candidate: Candidate, baseline: Baseline, answered: Sequence[Exchange]) -> Finding:
    asked = count(len(answered), "request")
    return Finding(
        message=f"Version {candidate.version} takes over and nothing changes: {asked} got the "
        f"very same answer as from version {baseline.version}, and every file is equal.",
        expected=f"answers of a model that is not version {baseline.version}",
        observed=f"{asked} answered as before",
        remedy="Export the new model again. (version/not-a-copy decides whether this blocks.)",
        location=Location(file=candidate.place),
    )
