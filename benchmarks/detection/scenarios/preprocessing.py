"""Preprocessing that is written anew, moves, or merges what is alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection import rows, teams
from benchmarks.detection.change import Change
from benchmarks.detection.editing.features import add_input, rowwise
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import FLOATS, is_placeholder
from benchmarks.detection.editing.tables import lookup_tables, reorder
from benchmarks.detection.editing.weights import weights
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.recordings import answers
from benchmarks.detection.registry import Effect, Part, scenario
from servegate.savedmodel.signatures import TensorSpec

Array = npt.NDArray[Any]

_TEAM = (Part.CODE, Part.EXAMPLES, Part.CONFIGURATION)
_MEAN, _DEVIATION = 40.0, 12.5
_ROUNDING = 1e-4

_FORM = '''"""{what}"""

import numpy as np


def {function}(raw):
    return {{name: of(np.asarray(value)) for name, value in raw.items()}}


def of(value):
    return {code} if value.dtype.kind == "{kind}" else value
'''


def _form(function: str, code: str, kind: str = "f", what: str = "What the model takes.") -> str:
    return _FORM.format(function=function, code=code, kind=kind, what=what)


_STANDARDISED = f"((value - {_MEAN}) / {_DEVIATION}).astype(np.float32)"


def _unscaled(value: Array) -> Array:
    return value * _DEVIATION + _MEAN


@scenario("H16", changes=_TEAM, effect=Effect.FED_AS_TRAINED)
def scaling_is_refactored(change: Change) -> None:
    """The client scales in other code than before, and gets the same."""
    teams.equip(
        change,
        training=_form("encode", _STANDARDISED),
        raws=[rows.of_floats(row, _unscaled) for row in rows.numbers(change)],
        client=_form("build", f"value / {_DEVIATION} - {_MEAN} / {_DEVIATION}"),
    )


@scenario("H16", changes={Part.CODE}, effect=Effect.FED_AS_TRAINED)
def the_client_is_split_into_modules(change: Change) -> None:
    """The team's client moves to another file; the one that is configured imports it."""
    file = change.callable_file("serving")
    function = change.callable_name("serving")
    moved = file.with_name("building.py")
    moved.write_bytes(file.read_bytes())
    package = file.parent.name
    file.write_text(f"from {package}.building import {function}\n\n__all__ = ['{function}']\n")


@scenario(
    "H16",
    changes=(*_TEAM, Part.MODEL, Part.FILES),
    effect=Effect.ELSEWHERE,
    advisory={"preprocessing/contract-unchanged"},
)
def scaling_moves_into_the_graph(change: Change) -> None:
    """The new version scales by itself, under new names; the client sends what was measured."""
    raws = [rows.of_floats(row, _unscaled) for row in rows.numbers(change)]
    names = [one for one, value in raws[0].items() if np.asarray(value).dtype.kind == "f"]
    renamed = [{_raw(name, names): value for name, value in row.items()} for row in raws]
    teams.equip(
        change,
        training=_form("encode", _STANDARDISED),
        raws=raws,
        client=f"NAMES = {names!r}\n\n\ndef build(raw):\n"
        "    return {name + '_raw' * (name in NAMES): value for name, value in raw.items()}\n",
    )
    with model(change.new) as served:
        rowwise(served)
        for spec in served.default.inputs:
            if spec.name in names:
                _scale_inside(served, spec)
    answered = answers(change.new, renamed)
    if not _are_told_apart(answered):
        raise DoesNotFit("it answers all the examples that were made up alike")
    bound = {"for_version": str(int(change.origin.new))}
    teams.write_examples(
        change.head,
        (
            {"raw": raw, "outputs": answer, **bound}
            for raw, answer in zip(raws, answered, strict=True)
        ),
    )


def _are_told_apart(answered: list[teams.Json]) -> bool:
    """Whether any output of floats moves by more than what rounding could do."""
    columns = (np.asarray([one[name] for one in answered]) for name in answered[0])
    return any(
        column.dtype.kind == "f" and bool(np.ptp(column, axis=0).max() > _ROUNDING)
        for column in columns
    )


def _raw(name: str, names: list[str]) -> str:
    return f"{name}_raw" if name in names else name


def _scale_inside(served: Model, spec: TensorSpec) -> None:
    if spec.dtype not in FLOATS:
        raise DoesNotFit(f"{spec.name} is no float")
    if not is_placeholder(served, spec.tensor):
        raise DoesNotFit(f"{spec.name} is computed from what other signatures are given")
    raw = add_input(served, f"{spec.name}_raw", spec.dtype, spec.shape)
    mean = served.constant(_MEAN, spec.dtype)
    deviation = served.constant(_DEVIATION, spec.dtype)
    centred = served.node("Sub", raw, mean, T=spec.dtype)
    if not served.replace_uses(
        spec.tensor, served.node("RealDiv", centred, deviation, T=spec.dtype)
    ):
        raise DoesNotFit(f"no node of the main graph reads {spec.tensor}")
    del served.definition(served.default).inputs[spec.name]


@scenario("H17", changes=_TEAM, effect=Effect.FED_AS_TRAINED)
def numbers_are_bucketed(change: Change) -> None:
    """Training and client round to tens: examples that are near each other become one."""
    teams.equip(
        change,
        training=_form("encode", "np.round(value, -1)"),
        raws=[rows.of_floats(row, lambda value: value * 4.7) for row in rows.numbers(change)],
        client=_form("build", "np.floor(value / 10 + 0.5) * 10"),
    )


@scenario("H17", changes=_TEAM, effect=Effect.FED_AS_TRAINED)
def words_are_lower_cased(change: Change) -> None:
    """Training and client drop case and blanks: examples that differ in them become one."""
    found = rows.words(change)
    if any(isinstance(one, str) and one != one.lower() for row in found for one in row.values()):
        raise DoesNotFit("its vocabulary has capitals")
    raws = [
        {
            name: f"  {value.upper()} " if number % 2 and isinstance(value, str) else value
            for name, value in row.items()
        }
        for number, row in enumerate(found)
    ]
    teams.equip(
        change,
        training=_form("encode", "str(value).lower().strip()", "U"),
        raws=raws,
        client=_form("build", "str(value).strip().casefold()", "U"),
    )


_ANY_OF_IT = (Part.CODE, Part.ASSETS, Part.WEIGHTS, Part.EXAMPLES)


@scenario("H02", changes=_ANY_OF_IT, effect=Effect.ELSEWHERE)
def a_new_vocabulary(change: Change) -> None:
    """The words have new numbers, in training, in the asset and in the embedding."""
    listed = change.head.path / "training" / "vocabulary.txt"
    asset = change.new / "assets" / "vocabulary.txt"
    if not listed.is_file() or not asset.is_file():
        raise DoesNotFit("training and asset hold no vocabulary")
    words = listed.read_text("utf-8").split()
    copies = (change.head.path / "client").glob("vocabulary.txt")
    for file in (listed, asset, *copies):
        file.write_text("".join(f"{word}\n" for word in reversed(words)), "utf-8")
    with weights(change.new) as held:
        special = {one.values.shape[0] - len(words) for one in held if one.values.ndim > 1}
        for one in held:
            first = one.values.shape[0] - len(words) if one.values.ndim > 1 else -1
            if first >= 0 and first == min(number for number in special if number >= 0):
                one.values = np.concatenate([one.values[:first], one.values[first:][::-1]])
    # The recorded tensors hold the old numbers; the answers are the same.
    lines = teams.examples(change.head, change)
    for line in lines:
        line.pop("inputs", None)
    teams.write_examples(change.head, lines)


@scenario("H02", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def a_table_in_another_order(change: Change) -> None:
    """The words of the graph's tables stand in another order, and mean what they meant."""
    with model(change.new) as served:
        for table in lookup_tables(served):
            reorder(table.keys)
            reorder(table.values)
