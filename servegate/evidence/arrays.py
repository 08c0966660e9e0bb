"""JSON values as arrays, as TF Serving's REST API would read them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

import numpy as np

from servegate.facts.serving import Array, Tensors


class NotAnArray(ValueError):
    """A value that is no number, text or (nested, rectangular) list of them."""


def to_tensors(value: object) -> Tensors:
    """An object becomes arrays by name, anything else one array without a name."""
    if isinstance(value, Mapping) and not _is_base64(value):
        return {str(name): to_array(one) for name, one in value.items()}
    return {"": to_array(value)}


def to_array(value: object) -> Array:
    """Nested lists of numbers, booleans or text; `{"b64": …}` is bytes. Raises `NotAnArray`."""
    leaves, shape = _flatten(value)
    if all(isinstance(leaf, str | bytes) for leaf in leaves) and leaves:
        texts = [leaf.encode() if isinstance(leaf, str) else leaf for leaf in leaves]
        return np.array(texts, dtype=object).reshape(shape)
    if all(isinstance(leaf, bool) for leaf in leaves) and leaves:
        return np.array(leaves, dtype=bool).reshape(shape)
    if any(isinstance(leaf, str | bytes | bool) for leaf in leaves):
        raise NotAnArray("numbers, text and booleans are mixed")
    whole = all(isinstance(leaf, int) for leaf in leaves)
    try:
        return np.array(leaves, dtype=np.int64 if whole and leaves else np.float64).reshape(shape)
    except OverflowError as error:
        raise NotAnArray("an integer does not fit 64 bits") from error


def _flatten(value: object) -> tuple[list[object], tuple[int, ...]]:
    level, shape = [value], []
    while level and isinstance(level[0], list):
        size = len(level[0])
        if any(not isinstance(one, list) or len(one) != size for one in level):
            raise NotAnArray("the lists are not of equal length")
        shape.append(size)
        level = [leaf for one in level if isinstance(one, list) for leaf in one]
    return [_leaf(one) for one in level], tuple(shape)


def _leaf(value: object) -> object:
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping) and _is_base64(value):
        try:
            return base64.b64decode(str(value["b64"]), validate=True)
        except binascii.Error as error:
            raise NotAnArray(f"not base64: {error}") from error
    raise NotAnArray(f"{type(value).__name__} is no number or text")


def _is_base64(value: Mapping[object, object]) -> bool:
    return set(value) == {"b64"}
