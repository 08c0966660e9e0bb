"""A row alone, and the same row among others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from servegate.checks import Outcome, check
from servegate.comparison import (
    Difference,
    default_tolerance,
    difference,
    half_precision,
    is_inexact,
)
from servegate.facts.change import Candidate
from servegate.facts.probes import Company, Repeat
from servegate.facts.reading import GraphReading
from servegate.facts.serving import Array
from servegate.facts.settings import Tolerance
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import Absent, Later, NotApplicable
from servegate.reactions import restless
from servegate.wording import count, listed

_REMEDY = (
    "Export the graph of inference (`training=False`), in which normalisation uses the statistics "
    "of training, and name the axis of every softmax, squeeze, mean and rank (`axis=-1`): without "
    "one they reach across the batch."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Apart:
    """One output of one row that its company moves; `beyond_rounding`: more than 16 bits would."""

    name: str
    probe: str
    difference: Difference
    inexact: bool
    beyond_rounding: bool


@check(claims=("N03", "N04"))
def batch_independent(
    candidate: Candidate,
    company: tuple[Company, ...],
    repeats: tuple[Repeat, ...],
    graph_reading: GraphReading,
    baseline_company: Later[tuple[Company, ...]],
    baseline_repeats: Later[tuple[Repeat, ...]],
) -> Outcome:
    """A row is answered alike whoever shares its batch.

    What it checks:
        A few rows of every signature are asked alone, in a batch of four, and at another place of
        a batch of three, of a server with production's flags. Outputs that do not have a row for
        every row that is asked are left out, and so is what differs between two answers to one
        request, what is random or keeps state by the graph, and a class that differs while the
        scores beside it agree. What changes of the summation order is no difference: it is scaled
        by the size of the output. It fails the candidate where the base version answers
        the very same rows alike, and informs where there is none, where 16 bits would explain it,
        and where there is one row of classes alone.

    Why it matters:
        Normalisation that was left in training mode, a softmax over the batch, a squeeze without
        an axis: one user's answer then depends on who else asks at that moment.
        With batching in production nobody can say any more what a request was answered.

    Remedy:
        Export with `training=False`, and name the axis of softmax, squeeze and mean.
    """
    by_signature: dict[str, list[Company]] = defaultdict(list)
    for one in company:
        by_signature[one.alone.probe.signature].append(one)
    examined = 0
    for signature, asked in by_signature.items():
        but = _moving(signature, repeats) | graph_reading.changeable(signature)
        compared = {name for one in asked for name in one.together.outputs or {}} - but
        refused = [one for one in asked if not one.alone.answered]
        if not compared:
            continue
        examined += len(asked)
        if refused:
            yield _refused(candidate, signature, refused, baseline_company)
        elif apart := _apart(asked, but):
            yield _finding(candidate, signature, apart, baseline_company, baseline_repeats)
    if not examined:
        raise NotApplicable("No signature answers several rows with a row for each.")
    yield Remark(message=f"{count(examined, 'row')} asked alone and among others.")


def _moving(signature: str, repeats: Sequence[Repeat]) -> frozenset[str]:
    return restless(one for one in repeats if one.first.probe.signature == signature)


def _apart(asked: Sequence[Company], but: frozenset[str]) -> list[_Apart]:
    sizes = _sizes(asked)
    found: list[_Apart] = []
    for one in asked:
        told = {
            name: _between(alone, _companions(one, name), sizes.get(name, 0.0))
            for name, alone in sorted((one.alone.outputs or {}).items())
            if name not in but and name in (one.together.outputs or {})
        }
        scores = {name for name in told if is_inexact((one.alone.outputs or {})[name])}
        differing = {name for name, (apart, _) in told.items() if apart is not None}
        for name, (apart, beyond) in told.items():
            tie = name not in scores and scores and not scores & differing
            if apart is not None and not tie:
                found.append(
                    _Apart(
                        name=name,
                        probe=one.alone.probe.label,
                        difference=apart,
                        inexact=name in scores,
                        beyond_rounding=beyond,
                    )
                )
    return found


def _companions(one: Company, name: str) -> list[Array]:
    return [
        reply.outputs[name]
        for reply in (one.together, one.elsewhere)
        if reply.outputs and name in reply.outputs
    ]


def _between(alone: Array, others: Sequence[Array], size: float) -> tuple[Difference | None, bool]:
    """How the row differs from itself in company, and whether by more than rounding can."""
    for other in others:
        apart = difference(other, alone, _scaled(default_tolerance(alone), size))
        if apart is not None:
            wide = difference(other, alone, _scaled(half_precision(alone), size))
            return apart, wide is not None
    return None, False


def _scaled(tolerance: Tolerance, size: float) -> Tolerance:
    """The same margin for a small row and for a large one of the same output."""
    return Tolerance(
        relative=tolerance.relative, absolute=tolerance.absolute + tolerance.relative * size
    )


def _sizes(asked: Sequence[Company]) -> Mapping[str, float]:
    """The largest finite number of each float output."""
    found: dict[str, float] = {}
    for one in asked:
        for name, value in (one.alone.outputs or {}).items():
            if is_inexact(value):
                finite = np.abs(np.asarray(value).astype(np.complex128))
                finite = finite[np.isfinite(finite)]
                largest = float(finite.max()) if finite.size else 0.0
                found[name] = max(found.get(name, 0.0), largest)
    return found


def _finding(
    candidate: Candidate,
    signature: str,
    apart: Sequence[_Apart],
    baseline_company: Later[tuple[Company, ...]],
    baseline_repeats: Later[tuple[Repeat, ...]],
) -> Finding:
    before, why = _before(signature, baseline_company, baseline_repeats)
    new = [one for one in apart if before is not None and one.name not in before]
    telling = [one for one in new if one.beyond_rounding]
    certain = telling if _is_proof(telling) else []
    shown = certain or new or list(apart)
    return Finding(
        message=f"Signature {signature!r} answers a row otherwise among others than alone: "
        f"{listed(_sentences(shown), most=3)}. {'' if new else why}".rstrip(),
        expected=f"for {shown[0].probe} what it is answered alone: {shown[0].difference.right}",
        observed=f"in a batch: {shown[0].difference.left}",
        remedy=_REMEDY,
        location=Location(file=candidate.place),
        severity=None if certain else Severity.ADVISORY,
        evidence={
            "signature": signature,
            "largest": {one.name: one.difference.largest for one in shown},
            "rows": sorted({one.probe for one in shown}),
        },
    )


def _is_proof(found: Sequence[_Apart]) -> bool:
    """A lone class that differs once may be a tie that no score beside it shows."""
    return any(one.inexact for one in found) or len(found) > 1


def _sentences(found: Sequence[_Apart]) -> Iterator[str]:
    told: set[str] = set()
    for one in found:
        if one.name not in told:
            told.add(one.name)
            yield f"output {one.name!r} is {one.difference} for {one.probe}"


def _before(
    signature: str,
    baseline_company: Later[tuple[Company, ...]],
    baseline_repeats: Later[tuple[Repeat, ...]],
) -> tuple[frozenset[str] | None, str]:
    """The outputs that the base version moves as well; None where that is not known, and why."""
    try:
        asked = [one for one in baseline_company() if one.alone.probe.signature == signature]
        but = _moving(signature, baseline_repeats())
    except Absent as absent:
        return None, absent.reason
    if not any(one.alone.answered and one.together.outputs for one in asked):
        return None, "The base version does not answer these rows."
    moved = frozenset(one.name for one in _apart(asked, frozenset())) | but
    return moved, "The base version does so too."


def _refused(
    candidate: Candidate,
    signature: str,
    refused: Sequence[Company],
    baseline_company: Later[tuple[Company, ...]],
) -> Finding:
    """Rows that are answered in a batch, and not by themselves."""
    labels = {one.alone.probe.label for one in refused}
    try:
        before = [one for one in baseline_company() if one.alone.probe.label in labels]
        why = "The base version refuses it too."
    except Absent as absent:
        before, why = [], absent.reason
    answered = any(one.alone.answered for one in before)
    return Finding(
        message=f"Signature {signature!r} answers {refused[0].alone.probe.label} in a batch and "
        f"refuses it alone: {refused[0].alone.refusal}" + ("" if answered else f" {why}"),
        expected="an answer to a request with one row",
        observed=refused[0].alone.refusal,
        remedy=_REMEDY,
        location=Location(file=candidate.place),
        severity=None if answered else Severity.ADVISORY,
        evidence={"signature": signature},
    )
