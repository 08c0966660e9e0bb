"""Examples of which one value is another example's, for what a team expects of the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from servegate.deadline import Deadline
from servegate.evidence.asking import Interview
from servegate.evidence.probes import ProbePlan
from servegate.evidence.raw_changes import Calling, Changed, of_field
from servegate.facts.change import ModelChange
from servegate.facts.examples import Example
from servegate.facts.expectations import Element, Expectation
from servegate.facts.probes import Probe
from servegate.facts.serving import Array
from servegate.facts.settings import Settings
from servegate.facts.trials import Trial, Trials, value_of
from servegate.providers import Absent, Later, NotApplicable, Stage, provides
from servegate.savedmodel.reader import SavedModel

_MOST = 16
_FEW = "no two examples that can be sent differ in it"


@provides(stage=Stage.SERVER)
def trials(
    settings: Settings,
    probes: ProbePlan,
    examples: Later[tuple[Example, ...]],
    saved_model: SavedModel,
    change: ModelChange,
    interview: Interview,
    workspace: Path,
    deadline: Deadline,
) -> tuple[Trials, ...]:
    """Every expectation on up to 16 examples."""
    if not settings.expectations:
        raise NotApplicable("`sensitivity: expectations:` names none.")
    calling = Calling(
        settings=settings,
        root=change.root,
        workspace=workspace,
        deadline=deadline,
        model=saved_model,
    )
    plausible = [one for asked in probes.plausible.values() for one in asked]
    raws = _with_raw(examples)
    found = []
    for one in settings.expectations:
        changes = of_field(one.field, raws, calling) if one.field else _of_input(one, plausible)
        found.append(_tried(one, list(changes), interview))
    return tuple(found)


def _with_raw(examples: Later[tuple[Example, ...]]) -> list[Example]:
    try:
        return [one for one in examples() if one.has_raw]
    except Absent:
        return []


def _tried(expectation: Expectation, changes: Sequence[Changed], interview: Interview) -> Trials:
    if not changes:
        return Trials(expectation=expectation, missing=_FEW)
    asked = [probe for one in changes for probe in (one.before, one.after)]
    said = {reply.probe.label: reply for reply in interview.ask(asked)}
    return Trials(
        expectation=expectation,
        tried=tuple(
            Trial(
                expectation=expectation,
                was=_written(one.was),
                became=_written(one.became),
                rises=_rises(one.was, one.became),
                before=said[one.before.label],
                after=said[one.after.label],
            )
            for one in changes
        ),
    )


def _of_input(expectation: Expectation, plausible: Sequence[Probe]) -> Iterator[Changed]:
    element = expectation.input
    if element is None:
        return
    having = [one for one in plausible if value_of(element, one.inputs) is not None]
    for number, original in enumerate(having[:_MOST]):
        was = value_of(element, original.inputs)
        for donor in (*having[number + 1 :], *having[:number]):
            became = value_of(element, donor.inputs)
            if was is None or became is None or was.shape != became.shape:
                continue
            if was.tolist() != became.tolist():
                label = f"{original.label} with {str(element)!r} of {donor.label}"
                yield Changed(
                    was=was,
                    became=became,
                    before=original,
                    after=_with(original, element, became, label),
                )
                break


def _with(probe: Probe, element: Element, value: Array, label: str) -> Probe:
    row = value
    if element.index:
        row = probe.inputs[element.name].copy()
        row[(0, *element.index)] = value.item()
    return replace(probe, label=label, inputs={**probe.inputs, element.name: row})


def _number(value: object) -> float | None:
    if isinstance(value, np.ndarray):
        return float(value.item()) if value.size == 1 and value.dtype.kind in "iuf" else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _rises(was: object, became: object) -> bool | None:
    one, other = _number(was), _number(became)
    return None if one is None or other is None else other > one


def _written(value: object) -> str:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return json.dumps(value, ensure_ascii=False, default=repr)[:60]
