"""Where a checkpoint does not hold what the loader asks it for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from servegate.graph.restoring import Wanted
from servegate.savedmodel.bundle import Bundle, Entry
from servegate.savedmodel.signatures import Shape, shape_in_words

# "10 4 0,5:-": the whole tensor's shape, then for each dimension the first index and the length,
# or "-" for all of it. Source: `ParseShapeAndSlice` in tensorflow/core/kernels/save_restore_tensor.
_SLICE = re.compile(r"((?:\d{1,18} )*)((?:-|\d{1,18},\d{1,18})(?::(?:-|\d{1,18},\d{1,18}))*)?")


class MisfitKind(StrEnum):
    """What is wrong with a tensor. All but `SHAPE` keep a model from being loaded.

    Source: `RestoreTensorsV2` in tensorflow/core/kernels/save_restore_tensor.cc.
    """

    MISSING = "not in the checkpoint"
    DTYPE = "of another dtype"
    PARTITIONED = "a part of a tensor of another shape"
    SHAPE = "of another shape than its variable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """One tensor; `wanted` is what the graph says of it and `held` what the checkpoint does."""

    kind: MisfitKind
    name: str
    wanted: str = ""
    held: str = ""


def misfits(wanted: Iterable[Wanted], bundle: Bundle) -> tuple[Misfit, ...]:
    """What does not fit, each tensor once, in the order in which the graph asks."""
    held = {one.name: one for one in bundle.tensors}
    found = {
        (misfit.kind, misfit.name): misfit
        for one in wanted
        for misfit in _of(one, held.get(one.name))
    }
    return tuple(found.values())


def _of(one: Wanted, held: Entry | None) -> Iterator[Misfit]:
    if held is None:
        yield Misfit(kind=MisfitKind.MISSING, name=one.name)
        return
    if held.dtype != one.dtype.removesuffix("_ref"):
        yield Misfit(kind=MisfitKind.DTYPE, name=one.name, wanted=one.dtype, held=held.dtype)
    whole, part = _read(one.slice) if one.slice else (held.shape, held.shape)
    shape = shape_in_words(held.shape)
    if not _fits(held.shape, whole):
        kind = MisfitKind.PARTITIONED
        yield Misfit(kind=kind, name=one.name, wanted=shape_in_words(whole), held=shape)
    elif part is not None and not _fits(part, one.shape):
        kind = MisfitKind.SHAPE
        yield Misfit(kind=kind, name=one.name, wanted=shape_in_words(one.shape), held=shape)


def _read(text: str) -> tuple[Shape, tuple[int, ...] | None]:
    """The shapes of the whole and of the wanted part; None where the text is no such thing."""
    match = _SLICE.fullmatch(text)
    if match is None:
        return None, None
    whole = tuple(map(int, match[1].split()))
    parts = match[2].split(":") if match[2] else []
    if len(parts) != len(whole):
        return None, None
    lengths = (part.rpartition(",")[2] for part in parts)
    return whole, tuple(
        size if length == "-" else int(length) for size, length in zip(whole, lengths, strict=True)
    )


def _fits(known: tuple[int, ...], shape: Shape) -> bool:
    """Whether a tensor of a known shape may be of a shape whose dimensions may be open."""
    if shape is None:
        return True
    return len(known) == len(shape) and all(
        size is None or size == given for given, size in zip(known, shape, strict=True)
    )
