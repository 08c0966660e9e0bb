"""Scores that were a distribution over classes stay one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from servegate.checks import Outcome, check
from servegate.comparison import is_inexact, written
from servegate.facts.change import Candidate
from servegate.facts.probes import Replies, Reply
from servegate.facts.serving import Array
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import NotApplicable
from servegate.spread import paired
from servegate.wording import count

# Far more than rounding in 16 bits adds up to, far less than logits are away from a distribution.
_MARGIN = 0.02
_ENOUGH = 3
_UNITS = (100.0, 1000.0)
"""Percent and per mille."""


@check(claims=("F04",))
def probabilities_are_probabilities(
    candidate: Candidate, replies: Replies, baseline_replies: Replies
) -> Outcome:
    """What was a probability in the base version is one in the candidate.

    What it checks:
        The rows of scores that lie between 0 and 1 and add up to 1 in every answer of the base
        version, on at least three different answers. The candidate's, on the very same inputs,
        have to lie between 0 and 1 and add up to 1 within 0.02. Scores of several labels,
        logits, regressions and embeddings do not add up in the base version, and are not asked to.
        Distributions in percent or per mille are advisory.

    Why it matters:
        A last softmax that the export lost leaves the order of the classes as it was, and
        everything that is computed from the numbers wrong: thresholds, expected values, alarms.

    Remedy:
        Export the model with its last activation, or give the new meaning a new name.
    """
    examined = 0
    for signature, _ in replies:
        pairs = paired(signature, replies, baseline_replies)
        for name in _distributions([before for before, _ in pairs]):
            after = [
                (one, one.outputs[name]) for _, one in pairs if one.outputs and name in one.outputs
            ]
            wrong = [(one, value) for one, value in after if not _is_distribution(value)]
            examined += 1
            if wrong:
                severity = Severity.ADVISORY if _in_another_unit(after) else None
                yield _finding(candidate, signature, name, wrong, len(after), severity)
    if not examined:
        raise NotApplicable("No output of the base version is a distribution over classes.")
    yield Remark(message=f"{count(examined, 'output')} compared with the base version's.")


def _distributions(base: Sequence[Reply]) -> Iterator[str]:
    """The outputs that are one in all answers, of which several differ."""
    by_name: dict[str, list[Array]] = {}
    for one in base:
        for name, value in (one.outputs or {}).items():
            by_name.setdefault(name, []).append(value)
    for name, values in sorted(by_name.items()):
        different = {value.tobytes() for value in values}
        if len(different) >= _ENOUGH and all(map(_is_distribution, values)):
            yield name


def _in_another_unit(after: Sequence[tuple[Reply, Array]]) -> bool:
    """Whether all of them are distributions in percent, or all in per mille."""
    return any(
        all(_is_distribution(np.asarray(value).astype(np.float64) / unit) for _, value in after)
        for unit in _UNITS
    )


def _is_distribution(value: Array) -> bool:
    """Whether every last axis, of two and more, is one."""
    if not is_inexact(value) or value.dtype.kind == "c" or value.ndim < 2 or value.shape[-1] < 2:
        return False
    wide = np.asarray(value).astype(np.float64)
    inside = (wide >= -_MARGIN).all() and (wide <= 1 + _MARGIN).all()
    return bool(inside and (np.abs(wide.sum(axis=-1) - 1) <= _MARGIN).all())


def _finding(
    candidate: Candidate,
    signature: str,
    name: str,
    wrong: Sequence[tuple[Reply, Array]],
    asked: int,
    severity: Severity | None,
) -> Finding:
    reply, value = wrong[0]
    row = np.asarray(value).astype(np.float64).reshape(-1, value.shape[-1] if value.ndim else 1)[0]
    shown = ", ".join(written(one) for one in row[:6])
    return Finding(
        message=f"Signature {signature!r}: {name!r} is no distribution over classes any more, in "
        f"{len(wrong)} of {count(asked, 'answer')}; all of the base version's add up to 1.",
        expected="numbers from 0 to 1 that add up to 1",
        observed=f"[{shown}{', …' if row.size > 6 else ''}] for {reply.probe.label}, which add up "
        f"to {written(row.sum())}",
        remedy="Export the model with its last activation (`softmax`). If clients are to get "
        "logits, give the output another name, so that the ones that expect probabilities notice.",
        location=Location(file=candidate.place),
        severity=severity,
        evidence=_evidence(signature, name, len(wrong), asked),
    )


def _evidence(signature: str, name: str, wrong: int, asked: int) -> Mapping[str, object]:
    return {"signature": signature, "output": name, "wrong": wrong, "asked": asked}
