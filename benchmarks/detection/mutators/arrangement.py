"""The right numbers in the wrong places."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection import rows, teams
from benchmarks.detection.change import Change
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator

Array = npt.NDArray[Any]

_CHANGES = (Part.CODE, Part.EXAMPLES, Part.CONFIGURATION)
_COLOURS = 3

_COLUMNS = '''"""Columns in the order of the table that the model learnt from."""

import numpy as np


def {function}(raw):
    return {{name: packed(value) for name, value in raw.items()}}


def packed(value):
    """`column_1` is the table's last one."""
    if not isinstance(value, dict):
        return value
    return np.asarray([value[name] for name in {order}], np.float32)
'''
_OF_THE_TABLE = "sorted(value, key=lambda name: -int(name.partition('_')[2]))"
_THE_SAME = "[f'column_{number}' for number in range(len(value), 0, -1)]"


def _columns(change: Change, order: str) -> None:
    raws = [rows.of_floats(row, _named) for row in rows.vectors(change)]
    training = _COLUMNS.format(function="encode", order=_OF_THE_TABLE)
    client = _COLUMNS.format(function="build", order=order)
    teams.equip(change, training=training, raws=raws, client=client)


def _named(values: Array) -> dict[str, float]:
    names = (f"column_{len(values) - number}" for number in range(len(values)))
    return dict(sorted(zip(names, values.tolist(), strict=True)))


@mutator("S11", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def columns_are_sorted_by_name(change: Change) -> None:
    """The client packs the columns in the order of their names."""
    _columns(change, "sorted(value)")


@columns_are_sorted_by_name.twin(effect=Effect.FED_AS_TRAINED)
def columns_are_counted_down(change: Change) -> None:
    """The client packs the columns in training's order, which it finds in another way."""
    _columns(change, _THE_SAME)


@mutator("S11", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def columns_are_as_the_form_has_them(change: Change) -> None:
    """The client packs the columns in the order in which they came."""
    _columns(change, "value")


@columns_are_as_the_form_has_them.twin(effect=Effect.FED_AS_TRAINED)
def columns_are_as_the_table_has_them(change: Change) -> None:
    """The client turns the order in which the columns came into the table's."""
    _columns(change, "sorted(value, key=lambda name: int(name[7:]), reverse=True)")


_PICTURES = '''"""Pictures as the model takes them."""

import numpy as np


def {function}(raw):
    return {{name: seen(np.asarray(value)) for name, value in raw.items()}}


def seen(value):
    return ({change}).astype(np.float32) if value.dtype.kind == "f" else value
'''


def _pictures(change: Change, shape: tuple[int, ...], training: str, client: str) -> None:
    """Raw floats have this shape; the callables bring them into the model's own."""
    found = rows.numbers(change)
    wanted = {np.shape(value) for value in found[0].values() if np.asarray(value).dtype.kind == "f"}
    if len(wanted) != 1:
        raise DoesNotFit("its floats have several shapes")
    (own,) = wanted
    if not own or np.prod(own) % abs(int(np.prod(shape))) or np.prod(own) <= np.prod(np.abs(shape)):
        raise DoesNotFit(f"{list(own)} numbers are no picture of {list(shape)}")
    raws = [rows.of_floats(row, lambda value: value.reshape(shape)) for row in found]
    model = f".reshape({own})"
    teams.equip(
        change,
        training=_PICTURES.format(function="encode", change=training + model),
        raws=raws,
        client=_PICTURES.format(function="build", change=client + model),
    )


@mutator("S08", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def colours_are_reversed(change: Change) -> None:
    """The client's decoder has blue first, training's has red first."""
    _pictures(change, (-1, _COLOURS), "value", "value[:, ::-1]")


@colours_are_reversed.twin(effect=Effect.FED_AS_TRAINED)
def colours_are_taken_one_by_one(change: Change) -> None:
    """The client's decoder takes red, green and blue apart and puts them together again."""
    apart = "np.stack([value[:, 0], value[:, 1], value[:, 2]], axis=1)"
    _pictures(change, (-1, _COLOURS), "value", apart)


@mutator("S08", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def axes_are_swapped(change: Change) -> None:
    """The client reads a picture by columns, training reads it by rows."""
    _pictures(change, (-1, 2), "value", "np.ascontiguousarray(value.T)")


@axes_are_swapped.twin(effect=Effect.FED_AS_TRAINED)
def axes_are_swapped_twice(change: Change) -> None:
    """The client reads a picture by columns, and has turned it before."""
    _pictures(change, (-1, 2), "value", "np.ascontiguousarray(value.T).T")


_LARGE = "value.reshape(-1, 2).mean(axis=1)"


def _resized(change: Change, client: str) -> None:
    def twice_as_large(value: Array) -> Array:
        return np.stack([value * 0.75, value * 1.25], axis=-1).reshape(-1)

    found = rows.vectors(change)
    raws = [rows.of_floats(row, twice_as_large) for row in found]
    teams.equip(
        change,
        training=_PICTURES.format(function="encode", change=_LARGE),
        raws=raws,
        client=_PICTURES.format(function="build", change=client),
    )


@mutator("S08", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def pictures_are_resized_to_the_nearest(change: Change) -> None:
    """The client resizes by dropping every second value, training by averaging."""
    _resized(change, "value[::2]")


@pictures_are_resized_to_the_nearest.twin(effect=Effect.FED_AS_TRAINED)
def pictures_are_resized_to_the_average(change: Change) -> None:
    """The client resizes by averaging, in other code than training's."""
    _resized(change, "(value[::2] + value[1::2]) / 2")


_SERIES = '''"""Series of the length that the model takes."""

import numpy as np


def {function}(raw):
    return {{name: fitted(np.asarray(value)) for name, value in raw.items()}}


def fitted(value):
    """The first {length} values, with zeros behind a shorter series."""
    return ({fitted}).astype(np.float32) if value.dtype.kind == "f" else value
'''
_CUT = "value[:{length}]"
_PADDED = "np.concatenate([value, np.zeros({length} - len(value))])"


def _series(change: Change, raw_length: float, training: str, client: str) -> None:
    """Raw series have `raw_length` of the model's length."""
    found = rows.vectors(change)
    lengths = {len(value) for value in found[0].values() if np.ndim(value) == 1}
    if len(lengths) != 1:
        raise DoesNotFit("its vectors have several lengths")
    (length,) = lengths

    def measured(value: Array) -> Array:
        return np.resize(value, int(length * raw_length)) * 1.5

    def code(function: str, fitted: str) -> str:
        fitting = fitted.format(length=length)
        return _SERIES.format(function=function, length=length, fitted=fitting)

    teams.equip(
        change,
        training=code("encode", training),
        raws=[rows.of_floats(row, measured) for row in found],
        client=code("build", client),
    )


@mutator("S06", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def series_are_cut_at_the_start(change: Change) -> None:
    """The client keeps the end of a long series, training the start."""
    _series(change, 1.5, _CUT, "value[-{length}:]")


@series_are_cut_at_the_start.twin(effect=Effect.FED_AS_TRAINED)
def series_are_cut_at_the_end(change: Change) -> None:
    """The client keeps the start of a long series, in other code than training's."""
    _series(change, 1.5, _CUT, "np.delete(value, slice({length}, None))")


@mutator("S06", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def series_are_padded_at_the_start(change: Change) -> None:
    """The client puts zeros before a short series, training behind it."""
    _series(change, 0.5, _PADDED, "np.concatenate([np.zeros({length} - len(value)), value])")


@series_are_padded_at_the_start.twin(effect=Effect.FED_AS_TRAINED)
def series_are_padded_at_the_end(change: Change) -> None:
    """The client puts zeros behind a short series, in other code than training's."""
    _series(change, 0.5, _PADDED, "np.pad(value, (0, {length} - len(value)))")
