"""Whether the tensors that a team's client sends go with a change of a signature."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import numpy as np

from servegate.casting import cast, named, with_batch_axis
from servegate.contract import Break, Kind
from servegate.facts.serving import Array, Tensors
from servegate.savedmodel.signatures import Signature, TensorSpec

# What plain Python numbers become: arrays of these dtypes say nothing of what is meant.
_OF_PYTHON = frozenset(map(np.dtype, ("int64", "float64", "bool", "object")))


class Word(StrEnum):
    """What the examples say about a client."""

    AGREES = "what it sends goes with the change"
    CONTRADICTS = "it sends what it sent before"
    NONE = "nothing is known of it"


def word(found: Break, sent: Iterable[Tensors], before: Signature, after: Signature) -> Word:
    """What all examples say that are for the signature, as it was or as it is.

    An example that goes with both versions alike says nothing of a new dtype: a list of numbers
    can be sent as any.
    """
    for_it = [one for one in sent if named([before], one) or named([after], one)]
    if not for_it:
        return Word.NONE
    agree = all(
        named([after], one) is not None and _agrees(found, one, before, after) for one in for_it
    )
    return Word.AGREES if agree else Word.CONTRADICTS


def _agrees(found: Break, tensors: Tensors, before: Signature, after: Signature) -> bool:
    match found.kind:
        case Kind.INPUT_GONE:
            return found.name not in tensors
        case Kind.INPUT_RENAMED:
            return found.name not in tensors and found.after in tensors
        case Kind.INPUT_REQUIRED:
            return found.name in tensors
        case Kind.INPUT_DTYPE | Kind.INPUT_SHAPE:
            return _value_agrees(found, tensors, before, after)
        case _:
            return False  # nothing that is sent tells what is read


def _value_agrees(found: Break, tensors: Tensors, before: Signature, after: Signature) -> bool:
    then, now = before.input(found.name), after.input(found.name)
    value = tensors.get("" if set(tensors) == {""} else found.name)
    if value is None or then is None or now is None:
        return value is None  # a client that leaves it out does not notice
    if found.kind is Kind.INPUT_DTYPE:
        return _of_dtype(value, now) and (not _of_dtype(value, then) or _is_meant(value, now))
    same_rank = then.shape is None or now.shape is None or len(then.shape) == len(now.shape)
    return _of_shape(value, now) and (same_rank or not _of_shape(value, then))


def _of_dtype(value: Array, spec: TensorSpec) -> bool:
    return not cast(value, spec).problem


def _is_meant(value: Array, spec: TensorSpec) -> bool:
    return value.dtype == spec.numpy_dtype and value.dtype not in _OF_PYTHON


def _of_shape(value: Array, spec: TensorSpec) -> bool:
    if spec.shape is None:
        return True
    shape = with_batch_axis(value, spec).shape
    return len(shape) == len(spec.shape) and all(
        wanted in (None, size) for wanted, size in zip(spec.shape, shape, strict=True)
    )
