"""Examples of several classes, and an answer of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.examples import Fitted, FittedExamples
from servegate.facts.probes import Replies, Reply
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import NotApplicable
from servegate.spread import chance_of_one, favoured
from servegate.wording import count, listed

# How often a model that spreads its answers as the recordings do may give one class alone.
_CHANCE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Golden:
    """One output of one example: the class that was recorded, and the one that is answered."""

    recorded: object
    answered: object
    bound: bool
    location: Location


@check(claims=("G11",))
def answers_differ_by_example(
    candidate: Candidate, example_tensors: FittedExamples, replies: Replies
) -> Outcome:
    """Examples of different classes get different answers.

    What it checks:
        The examples with recorded outputs, whatever version they were recorded for: the class
        that each favours (the highest score, or the class itself) against the one that the
        candidate favours. Where several were recorded and one is answered to all, the candidate
        fails if the recordings are its own, or if a version that spreads its answers as they do
        would answer so once in a thousand times. Fewer examples inform.

    Why it matters:
        A retrained model may answer every single example otherwise, and rightly so. It may
        not answer all of them alike.

    Remedy:
        Look at the confusion matrix of the version. Record the outputs again if the examples are
        of one class now.
    """
    answered = {one.probe.label: one for _, asked in replies for one in asked if one.answered}
    names: dict[str, list[_Golden]] = {}
    for one in example_tensors.fitted:
        if one.probe is not None and one.example.outputs and one.probe.label in answered:
            for name, golden in _golden(candidate, one, answered[one.probe.label]):
                names.setdefault(name, []).append(golden)
    several = {
        name: found for name, found in names.items() if len({one.recorded for one in found}) > 1
    }
    if not several:
        raise NotApplicable("No outputs of several classes are recorded in the examples.")
    for name, found in sorted(several.items()):
        if len({one.answered for one in found}) == 1:
            yield _finding(candidate, name, found)
    yield Remark(message=f"{count(len(several), 'output')} with several recorded classes.")


def _golden(candidate: Candidate, one: Fitted, reply: Reply) -> Iterator[tuple[str, _Golden]]:
    outputs = reply.outputs or {}
    for name, recorded in (one.example.outputs or {}).items():
        own = name or (next(iter(outputs)) if len(outputs) == 1 else "")
        if own not in outputs:
            continue
        value = outputs[own]
        row = np.asarray(recorded)
        then = favoured(row[np.newaxis] if row.ndim == value.ndim - 1 else row)
        now = favoured(value)
        if then is not None and now is not None:
            yield (
                own,
                _Golden(
                    recorded=then,
                    answered=now,
                    bound=one.example.for_version == candidate.version,
                    location=one.example.location,
                ),
            )


def _finding(candidate: Candidate, name: str, found: Sequence[_Golden]) -> Finding:
    classes = [one.recorded for one in found]
    bound = {one.recorded for one in found if one.bound}
    certain = len(bound) > 1 or chance_of_one(classes) <= _CHANCE
    recorded = listed(f"{one} {times} times" for one, times in Counter(classes).most_common(3))
    return Finding(
        message=f"Version {candidate.version} favours class {found[0].answered} of {name!r} for "
        f"all {count(len(found), 'example')}, which were recorded as {recorded}.",
        expected="several classes, as recorded",
        observed=f"class {found[0].answered}, {len(found)} times",
        remedy="Look at the confusion matrix of this version, and at what its classes were "
        "trained on. If the examples are of one class now, record their outputs again.",
        location=found[0].location,
        severity=None if certain else Severity.ADVISORY,
        evidence={"output": name, "examples": len(found)},
    )
