"""Numbers that lose a part of themselves on their way to the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection import rows, teams
from benchmarks.detection.change import Change
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator

_CHANGES = (Part.CODE, Part.EXAMPLES, Part.CONFIGURATION)
_PARTS = 8
_FIRST_LARGE = 2**24 + 1
"""The first whole number that float32 does not hold."""

_CONVERTING = '''"""Arrays of the numbers."""

import numpy as np


def {function}(raw):
    return {{name: converted(np.asarray(value)) for name, value in raw.items()}}


def converted(value):
    return {conversion} if value.dtype.kind == "{kind}" else value
'''


def _converting(function: str, conversion: str, kind: str) -> str:
    return _CONVERTING.format(function=function, conversion=conversion, kind=kind)


def _fractions(change: Change, conversion: str) -> None:
    training = _converting("encode", "value.astype(np.float32)", "f")
    client = _converting("build", conversion, "f")
    teams.equip(change, training=training, raws=rows.numbers(change), client=client)


@mutator("S09", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def fractions_are_cut_off(change: Change) -> None:
    """The client makes whole numbers of fractions."""
    _fractions(change, "value.astype(np.int64)")


@fractions_are_cut_off.twin(effect=Effect.FED_AS_TRAINED)
def fractions_are_kept_in_double_precision(change: Change) -> None:
    """The client sends double precision; the signature is of single."""
    _fractions(change, "value.astype(np.float64)")


@mutator("S09", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def fractions_are_in_half_precision(change: Change) -> None:
    """The client saves traffic by half precision."""
    _fractions(change, "value.astype(np.float16)")


@fractions_are_in_half_precision.twin(effect=Effect.FED_AS_TRAINED)
def fractions_are_in_single_precision(change: Change) -> None:
    """The client saves traffic by single precision, which the model was trained in."""
    _fractions(change, "value.astype(np.single)")


def _bytes(change: Change, conversion: str) -> None:
    def as_bytes(value: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.clip(np.round(value * (255 / _PARTS)), 0, 255).astype(np.int64)

    raws = [rows.of_floats(row, as_bytes) for row in rows.numbers(change)]
    if any(np.asarray(value).dtype.kind == "i" for value in rows.known(change)[0].values()):
        raise DoesNotFit("it takes whole numbers too")
    training = _converting("encode", "(value / 255).astype(np.float32)", "i")
    client = _converting("build", conversion, "i")
    teams.equip(change, training=training, raws=raws, client=client)


@mutator("S09", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def bytes_are_divided_without_remainder(change: Change) -> None:
    """The client divides bytes by 255 as whole numbers: nearly all become 0."""
    _bytes(change, "value.astype(np.uint8) // 255")


@bytes_are_divided_without_remainder.twin(effect=Effect.FED_AS_TRAINED)
def bytes_are_divided_as_fractions(change: Change) -> None:
    """The client multiplies bytes by a 255th."""
    _bytes(change, "value.astype(np.uint8) * np.float32(1 / 255)")


def _large(change: Change, conversion: str) -> None:
    raws = [
        {name: _enlarged(value, number) for name, value in row.items()}
        for number, row in enumerate(rows.known(change))
    ]
    if raws == rows.known(change):
        raise DoesNotFit("it takes no whole numbers")
    training = _converting("encode", "value", "i")
    client = _converting("build", conversion, "i")
    teams.equip(change, training=training, raws=raws, client=client)


def _enlarged(value: object, number: int) -> object:
    array = np.asarray(value)
    return (array * 2 + _FIRST_LARGE + number).tolist() if array.dtype.kind == "i" else value


@mutator("S09", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def large_numbers_pass_through_floats(change: Change) -> None:
    """The client keeps whole numbers in single precision, which ends at 2^24."""
    _large(change, "value.astype(np.float32).astype(np.int64)")


@large_numbers_pass_through_floats.twin(effect=Effect.FED_AS_TRAINED)
def large_numbers_pass_through_double_precision(change: Change) -> None:
    """The client keeps whole numbers in double precision, which holds them."""
    _large(change, "value.astype(np.float64).astype(np.int64)")
