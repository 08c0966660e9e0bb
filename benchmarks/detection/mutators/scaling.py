"""Numbers that the client scales otherwise than training does."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from benchmarks.detection import rows, teams
from benchmarks.detection.change import Change
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator

_CHANGES = (Part.CODE, Part.EXAMPLES, Part.CONFIGURATION)

_STANDARDISING = '''"""Standardised numbers; what is no number goes through."""

import numpy as np

MEAN, DEVIATION = 40.0, 12.5


def encode(raw):
    return {name: standardise(np.asarray(value)) for name, value in raw.items()}


def standardise(value):
    return ((value - MEAN) / DEVIATION).astype(np.float32) if value.dtype.kind == "f" else value
'''
_UNSCALED = '''"""The request, straight from the form."""


def build(raw):
    return dict(raw)
'''
_TWICE = '''"""The request; the numbers are standardised."""

from training.features import encode


def build(raw):
    return encode(encode(raw))
'''
_SCALING = '''"""The request, without training's dependencies."""

import numpy as np


def build(raw):
    return {{name: scaled(np.array(value)) for name, value in raw.items()}}


def scaled(value):
    return value * (1 / {deviation}) - {mean} / {deviation} if value.dtype == np.float64 else value
'''
_AS_TRAINING = _SCALING.format(mean="40.0", deviation="12.5")


def _unscaled(value: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return value * 12.5 + 40.0


def _team(change: Change, client: str) -> None:
    raws = [rows.of_floats(row, _unscaled) for row in rows.numbers(change)]
    teams.equip(change, training=_STANDARDISING, raws=raws, client=client)


@mutator("S07", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def scaling_is_forgotten(change: Change) -> None:
    """The client sends the numbers as they were measured; training standardises them."""
    _team(change, _UNSCALED)


@scaling_is_forgotten.twin(effect=Effect.FED_AS_TRAINED)
def scaling_is_written_anew(change: Change) -> None:
    """The client standardises in other code than training's."""
    _team(change, _AS_TRAINING)


@mutator("S07", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def scaling_is_done_twice(change: Change) -> None:
    """The client standardises numbers that are standardised already."""
    _team(change, _TWICE)


@scaling_is_done_twice.twin(effect=Effect.FED_AS_TRAINED)
def scaling_is_done_once(change: Change) -> None:
    """The client wraps training's function, and scales once."""
    _team(change, _TWICE.replace("encode(encode(raw))", "encode(raw)"))


@mutator("S07", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def scaling_has_another_mean_and_deviation(change: Change) -> None:
    """The client's mean and deviation are those of an older training run."""
    _team(change, _SCALING.format(mean="39.0", deviation="13.0"))


@scaling_has_another_mean_and_deviation.twin(effect=Effect.FED_AS_TRAINED)
def scaling_has_its_numbers_in_another_form(change: Change) -> None:
    """The client's mean and deviation are written as fractions, and are the same."""
    _team(change, _SCALING.format(mean="(80 / 2)", deviation="(25 / 2)"))


_IN_OTHER_UNITS = '''

_in_the_old_units = {function}


def {function}(raw):
    """The numbers are converted for a partner who has asked for other units."""
    return {{name: {conversion} for name, value in _in_the_old_units(raw).items()}}


def _times(value, factor):
    if isinstance(value, list):
        return [_times(one, factor) for one in value]
    return value * factor if isinstance(value, float) else value
'''


def _convert(change: Change, conversion: str) -> None:
    rows.numbers(change)
    file = change.callable_file("serving")
    before = file.read_text("utf-8")
    converting = _IN_OTHER_UNITS.format(
        function=change.callable_name("serving"), conversion=conversion
    )
    file.write_text(before + converting, "utf-8")


@mutator("S07", changes={Part.CODE}, effect=Effect.FED_OTHERWISE)
def units_differ(change: Change) -> None:
    """The team's own client sends other units than the model was trained on."""
    _convert(change, "_times(value, 0.45359237)")


@units_differ.twin(effect=Effect.FED_AS_TRAINED)
def units_are_converted_and_back(change: Change) -> None:
    """The team's own client converts the units and converts them back."""
    _convert(change, "_times(_times(value, 0.45359237), 1 / 0.45359237)")


_RECORDED = '''"""The request of one example."""

import numpy as np


def build(raw):
    return {{name: sent(np.asarray(value)) for name, value in raw.items()}}


def sent(value):
    return {value} if value.dtype.kind == "f" else value
'''


def _client_beside_recordings(change: Change, value: str) -> None:
    """A client for a team whose examples hold what training made, and no training callable."""
    if change.model_settings().get("preprocessing"):
        raise DoesNotFit("the team has preprocessing of its own")
    lines = [{"raw": row, "inputs": row} for row in rows.numbers(change)]
    for tree in change.trees:
        teams.write_examples(tree, lines)
        tree.write(teams.CLIENT, _RECORDED.format(value="value"))
    change.head.write(teams.CLIENT, _RECORDED.format(value=value))
    change.configure_model(
        *change.trees,
        examples=teams.EXAMPLES,
        preprocessing={"serving": teams.client_name()},
    )


@mutator("S07", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def a_client_without_recorded_scaling(change: Change) -> None:
    """The client divides by ten what the recorded tensors of training do not."""
    _client_beside_recordings(change, "value / 10")


@a_client_without_recorded_scaling.twin(effect=Effect.FED_AS_TRAINED)
def a_client_with_recorded_scaling(change: Change) -> None:
    """The client divides by ten and multiplies by ten again."""
    _client_beside_recordings(change, "value / 10 * 10")
