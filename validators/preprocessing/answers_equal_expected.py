"""Served answers against the ones recorded for this very version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from servegate.checks import Outcome, check
from servegate.comparison import difference
from servegate.facts.change import Candidate
from servegate.facts.examples import Example, Fitted, FittedExamples
from servegate.facts.probes import Replies, Reply
from servegate.facts.serving import Array, Tensors
from servegate.facts.settings import Settings
from servegate.findings import Finding, Remark
from servegate.providers import NotApplicable
from servegate.wording import count, listed

_ENABLE = (
    "record `outputs` with `for_version` in the examples, or write "
    "assets.extra/servegate_examples.jsonl beside the model when it is exported"
)


@check(claims=("C07", "F02", "G05", "G12", "S02", "S03"))
def answers_equal_expected(
    candidate: Candidate, example_tensors: FittedExamples, replies: Replies, settings: Settings
) -> Outcome:
    """The candidate answers as was recorded for it.

    What it checks:
        The served answer to every example whose outputs were recorded for this version
        (`for_version`, or `assets.extra/servegate_examples.jsonl` in the version directory).
        Recordings for other versions are not compared: a retrained model answers differently,
        and should.

    Why it matters:
        It is the whole way from the example to the answer: a lost preprocessing step, the wrong
        checkpoint, swapped classes or digits lost on the way show here, whatever their cause.

    Remedy:
        When the new answers are right, record them again; otherwise compare the export with the
        model that made the recording.
    """
    recorded = [one for one in example_tensors.fitted if one.example.outputs is not None]
    bound = [one for one in recorded if one.example.for_version == candidate.version]
    if not bound:
        raise NotApplicable(_why_not(candidate, recorded), enable=_ENABLE)
    replied = {one.probe.label: one for _, asked in replies for one in asked if one.answered}
    compared = [
        (one, replied[one.probe.label]) for one in bound if one.probe and one.probe.label in replied
    ]
    if not compared:
        raise NotApplicable("No example with recorded outputs was answered.")
    wrong = [(one, text) for one, text in _differences(compared, settings) if text]
    if wrong:
        yield _finding(candidate, wrong, len(compared))
    else:
        yield Remark(message=f"{count(len(compared), 'answer')} as recorded.")


def _why_not(candidate: Candidate, recorded: Sequence[Fitted]) -> str:
    if not recorded:
        return f"no recorded outputs for version {candidate.version}"
    versions = {str(one.example.for_version or "no version") for one in recorded}
    return (
        f"no recorded outputs for version {candidate.version} "
        f"({count(len(recorded), 'recording')} for {listed(sorted(versions))})"
    )


def _differences(
    compared: Sequence[tuple[Fitted, Reply]], settings: Settings
) -> Iterator[tuple[Example, str]]:
    for fitted, reply in compared:
        expected = fitted.example.outputs or {}
        yield fitted.example, _difference(expected, reply.outputs or {}, settings)


def _difference(expected: Tensors, answered: Tensors, settings: Settings) -> str:
    if set(expected) == {""} and len(answered) == 1:
        expected = {next(iter(answered)): expected[""]}
    missing = sorted(expected.keys() - answered.keys())
    if missing:
        return f"no output {listed(missing)} among {listed(sorted(answered))}"
    for name in sorted(expected):
        # One row was asked: the answer's batch axis has length 1, the recording has none.
        found = difference(_row(answered[name], expected[name]), expected[name], settings.tolerance)
        if found is not None:
            return f"{name!r}: {found}"
    return ""


def _row(answered: Array, expected: Array) -> Array:
    if answered.ndim == expected.ndim + 1 and answered.shape[0] == 1:
        return np.asarray(answered[0])
    return answered


def _finding(candidate: Candidate, wrong: Sequence[tuple[Example, str]], compared: int) -> Finding:
    example, text = wrong[0]
    return Finding(
        message=f"Version {candidate.version} does not answer as was recorded for it on "
        f"{len(wrong)} of {count(compared, 'example')}. Example {example.number}: {text}",
        expected="the recorded outputs, within tolerance",
        observed=f"example {example.number}: {text}",
        remedy="When the new answers are right, record them again; otherwise compare this export "
        "with the model that made the recording.",
        location=example.location,
        evidence={"examples": [one.number for one, _ in wrong[:100]]},
    )
