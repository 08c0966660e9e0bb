"""Examples as tensors of one row: recorded ones, or ones made from the signature."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.detection.change import Change
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.teams import Json, examples
from servegate.evidence.vocabulary import PLAIN, Words, word_lists
from servegate.savedmodel.reader import SavedModel, read
from servegate.savedmodel.signatures import Signature, TensorSpec

Row = dict[str, Any]
"""One example: a nested list (or one value) by the name of the input."""
Array = npt.NDArray[Any]

_ROWS = 6
_MOST_NUMBERS = 4096
_FLOATS = ("float32", "float64")
# What strings are when a graph reads them so: nothing that a team would normalise as words.
_NO_WORDS = ("ParseExample", "ParseSingleExample", "Decode")


def signature(version: Path) -> Signature:
    """What clients of a version call: `serving_default`, else the first with inputs and outputs."""
    return _signature(read(version))


def _signature(model: SavedModel) -> Signature:
    whole = [one for one in model.signatures if one.inputs and one.outputs]
    if not whole:
        raise DoesNotFit("no signature has inputs and outputs")
    return next((one for one in whole if one.name == "serving_default"), whole[0])


def known(change: Change) -> list[Row]:
    """Inputs that the candidate takes: the recorded ones, or ones made from its signature."""
    recorded = [one["inputs"] for one in examples(change.head, change) if "inputs" in one]
    return recorded or made_up_rows(change.new)


def made_up_rows(version: Path) -> list[Row]:
    """The same few rows every time. Raises `DoesNotFit` where none can be made."""
    model = read(version)
    if any(op.startswith(_NO_WORDS) for op in model.ops()) and _takes_strings(model):
        raise DoesNotFit("its strings are records or pictures, not words")
    specs = _signature(model).inputs
    if sum(_size(spec) for spec in specs) > _MOST_NUMBERS:
        raise DoesNotFit("an example of it has too many numbers")
    random = np.random.default_rng(len(specs))
    lists = [words for words in word_lists(model) if words != PLAIN] or [PLAIN]
    # Nothing says which list is for which input: each meets each.
    return [
        {
            spec.name: _made_up(spec, random, lists[(place + number) % len(lists)])
            for place, spec in enumerate(specs)
        }
        for number in range(max(_ROWS, 2 * len(lists)))
    ]


def _takes_strings(model: SavedModel) -> bool:
    return any(spec.dtype == "string" for spec in _signature(model).inputs)


def _size(spec: TensorSpec) -> int:
    return int(np.prod(row_shape(spec), dtype=np.int64))


def row_shape(spec: TensorSpec) -> tuple[int, ...]:
    """The shape of one row. Raises `DoesNotFit` for an unknown rank, and for no batch axis."""
    if not spec.shape or spec.shape[0] not in (None, 1):
        raise DoesNotFit(f"{spec.name} has no batch axis")
    return tuple(1 if size is None else size for size in spec.shape[1:])


def _made_up(spec: TensorSpec, random: np.random.Generator, words: Words) -> object:
    shape = row_shape(spec)
    if spec.dtype in _FLOATS:
        return np.round(random.uniform(0.5, 8.5, shape), 3).tolist()
    if spec.dtype in ("int32", "int64"):
        return random.integers(1, 9, shape).tolist()
    if spec.dtype == "string":
        return random.choice([one.decode("utf-8", "replace") for one in words], shape).tolist()
    raise DoesNotFit(f"{spec.name} is of dtype {spec.dtype}")


def of_floats(row: Row, function: Callable[[Array], Array | list[Any] | Json]) -> Row:
    """A row with its floats replaced; the rest stays as it is."""
    return {name: _replaced(value, function) for name, value in row.items()}


def _replaced(value: object, function: Callable[[Array], Any]) -> object:
    array = np.asarray(value)
    if array.dtype.kind != "f":
        return value
    after = function(array)
    return after.tolist() if isinstance(after, np.ndarray | np.generic) else after


def vectors(change: Change, least: int = 2) -> list[Row]:
    """Rows of a model of which every float input is a vector of `least` numbers or more."""
    found = known(change)
    shapes = [np.shape(value) for value in found[0].values() if _is_float(value)]
    if not shapes or any(len(shape) != 1 or shape[0] < least for shape in shapes):
        raise DoesNotFit(f"not all its floats are vectors of {least} numbers and more")
    return found


def numbers(change: Change) -> list[Row]:
    """Rows of a model that takes floats."""
    found = known(change)
    if not any(_is_float(value) for value in found[0].values()):
        raise DoesNotFit("it takes no floats")
    return found


def words(change: Change) -> list[Row]:
    """Rows of a model that takes words."""
    found = known(change)
    if not any(isinstance(value, str) for value in found[0].values()):
        raise DoesNotFit("it takes no words")
    return found


def _is_float(value: object) -> bool:
    return np.asarray(value).dtype.kind == "f"
