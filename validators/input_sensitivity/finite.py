"""Answers that are numbers."""

from __future__ import annotations

from collections.abc import Sequence

from servegate.checks import Outcome, check
from servegate.comparison import is_finite
from servegate.facts.change import Candidate
from servegate.facts.probes import Replies, Reply
from servegate.findings import Finding, Location, Severity
from servegate.providers import Absent, Later, NotApplicable
from servegate.wording import listed


@check(claims=("F01", "G05"))
def finite(candidate: Candidate, replies: Replies, baseline_replies: Later[Replies]) -> Outcome:
    """Answers hold no NaN and no infinity.

    What it checks:
        Every float output of every answer. On plausible inputs (examples, warm-up records) one
        NaN fails the candidate. On made-up inputs of ordinary size it does when the base version
        answers them with numbers; otherwise it is advisory.

    Why it matters:
        NaN is not legal JSON: clients fail to parse the answer, or take it for a missing value.
        It usually means weights that went wrong in training, or a logarithm of zero.

    Remedy:
        Look for NaN in the checkpoint, then for divisions and logarithms without a floor.
    """
    if not any(one.answered for _, asked in replies for one in asked):
        raise NotApplicable("No request was answered.")
    for signature, asked in replies:
        bad = [one for one in asked if one.answered and bad_outputs(one)]
        if bad:
            yield _finding(candidate, signature, bad, baseline_replies)


def bad_outputs(reply: Reply) -> list[str]:
    """The outputs of a reply that hold a NaN or an infinity."""
    return [name for name, value in sorted((reply.outputs or {}).items()) if not is_finite(value)]


def _finding(
    candidate: Candidate,
    signature: str,
    bad: Sequence[Reply],
    baseline_replies: Later[Replies],
) -> Finding:
    base = _of_base(signature, baseline_replies)
    blamed = [one for one in bad if _blames(one, base)]
    shown = (blamed or list(bad))[0]
    kind = "plausible" if shown.probe.plausible else "made-up"
    return Finding(
        message=f"Signature {signature!r} answers {kind} inputs with NaN or infinity "
        f"({len(bad)} inputs, outputs {listed(bad_outputs(shown))}).",
        expected="finite numbers" + (", as the base version answers" if blamed and base else ""),
        observed=f"{shown.probe.label}: not finite",
        remedy="Look for NaN in the checkpoint, then for divisions and logarithms without a floor.",
        location=Location(file=candidate.place),
        severity=None if blamed else Severity.ADVISORY,
    )


def _of_base(signature: str, baseline_replies: Later[Replies]) -> dict[str, Reply]:
    try:
        return {one.probe.label: one for one in baseline_replies().answered(signature)}
    except Absent:
        return {}


def _blames(reply: Reply, base: dict[str, Reply]) -> bool:
    """Whether this reply accuses: the base version's own NaN is inherited, not a change."""
    before = base.get(reply.probe.label)
    if before is not None:
        return reply.probe.moderate and not bad_outputs(before)
    return reply.probe.plausible
