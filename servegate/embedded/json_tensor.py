"""JSON values as tensors, by the types that TF Serving reads (`json_tensor.cc`).

Only some dtypes can be sent as JSON, an integer must be written as one, and small integers wrap
in silence: 128 for an int8 is -128.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from servegate.embedded.denormals import flushed, flushed_single
from servegate.embedded.json_document import Json, JsonObject, to_bytes
from servegate.embedded.json_writer import describe
from servegate.embedded.status import Code, StatusError, invalid_argument
from servegate.embedded.tensors import type_name
from servegate.savedmodel.protos import DataType, TensorProto, TensorShapeProto

_BASE64_KEY = "b64"
_BASE64 = re.compile(r"([A-Za-z0-9+/]*)([=.]{0,2})\Z")  # absl takes a dot for padding too
_WHITE_SPACE = re.compile(r"[ \t\n\v\f\r]+")

_TYPES = {
    type(None): "Null",
    bool: "",
    int: "Number",
    float: "Number",
    str: "String",
    list: "Array",
    JsonObject: "Object",
}


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_integer(smallest: int, largest: int) -> Callable[[Json], bool]:
    def check(value: Json) -> bool:
        is_integer = isinstance(value, int) and not isinstance(value, bool)
        return is_integer and smallest <= int(value) <= largest  # type: ignore[arg-type]

    return check


_INT32 = _is_integer(-(2**31), 2**31 - 1)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a value of a dtype is written: as what, in which field, and what is made of it."""

    field: str
    accepts: Callable[[Json], bool]
    convert: Callable[[Any], Json | bytes] = lambda value: value


_KINDS: dict[int, _Kind] = {
    DataType.DT_FLOAT: _Kind("float_val", _is_number, flushed_single),
    DataType.DT_DOUBLE: _Kind("double_val", _is_number, flushed),
    DataType.DT_INT32: _Kind("int_val", _INT32),
    DataType.DT_INT16: _Kind("int_val", _INT32),
    DataType.DT_INT8: _Kind("int_val", _INT32),
    DataType.DT_UINT8: _Kind("int_val", _INT32),
    DataType.DT_STRING: _Kind("string_val", lambda value: isinstance(value, str), to_bytes),
    DataType.DT_INT64: _Kind("int64_val", _is_integer(-(2**63), 2**63 - 1)),
    DataType.DT_BOOL: _Kind("bool_val", lambda value: isinstance(value, bool)),
    DataType.DT_UINT32: _Kind("uint32_val", _is_integer(0, 2**32 - 1)),
    DataType.DT_UINT64: _Kind("uint64_val", _is_integer(0, 2**64 - 1)),
}


class TensorBuilder:
    """Collects the values of one input; they must all have the shape of the first.

    A row that names the input twice adds two.
    """

    def __init__(self, dtype: DataType.ValueType) -> None:
        self._dtype = dtype
        self._values: list[Json | bytes] = []
        self._shape: list[int] | None = None
        self._size = 0

    def add(self, value: Json) -> None:
        """The value of a row. Raises `StatusError`."""
        shape = dense_shape(value)
        values = flat_values(value, self._dtype, shape)
        if self._shape is None:
            self._shape, self._size = shape, len(values)
        if self._size != len(values):
            raise invalid_argument(f"Expecting tensor size: {self._size} but got: {len(values)}")
        if self._shape != shape:
            raise invalid_argument(
                f"Expecting shape {_brackets(self._shape)} but got: {_brackets(shape)}"
            )
        self._values += values

    def batch(self, rows: int) -> TensorProto:
        """The values as one tensor of so many rows."""
        return _proto(self._dtype, [rows, *(self._shape or [])], self._values)


def tensor(value: Json, dtype: DataType.ValueType) -> TensorProto:
    """A whole tensor, written as nested lists or as a scalar. Raises `StatusError`."""
    shape = dense_shape(value)
    return _proto(dtype, shape, flat_values(value, dtype, shape))


def is_base64(value: Json) -> bool:
    """Whether a value is `{"b64": "…"}`, which is a string and not an object of inputs."""
    if not isinstance(value, JsonObject) or len(value.members) != 1:
        return False
    return isinstance(value.get(_BASE64_KEY), str)


def decode_base64(value: Json) -> bytes:
    """The bytes of `{"b64": "…"}`; padding may be left out. Raises `StatusError`."""
    text = value.get(_BASE64_KEY) if isinstance(value, JsonObject) and is_base64(value) else None
    if not isinstance(text, str):
        raise invalid_argument(
            f"JSON Value: {describe(value)} not formatted correctly for base64 data"
        )
    packed = _BASE64.match(_WHITE_SPACE.sub("", text))
    if packed and (not packed[2] or len(packed[0]) % 4 == 0):
        try:
            return base64.b64decode(packed[1] + "=" * (-len(packed[1]) % 4), validate=True)
        except binascii.Error:
            pass
    raise invalid_argument("Unable to base64 decode")


def json_type(value: Json) -> str:
    """The type of a value as messages name it."""
    return _TYPES[type(value)] or str(value)


def dense_shape(value: Json) -> list[int]:
    """The shape that the first element of each list suggests."""
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        value = value[0] if value else None
    return shape


def flat_values(
    value: Json, dtype: DataType.ValueType, shape: Sequence[int], level: int = 0
) -> list[Json | bytes]:
    """The values of nested lists, which must have the shape. Raises `StatusError`."""
    if not isinstance(value, list):
        if level != len(shape):
            raise invalid_argument(
                f"JSON Value: {describe(value)} found at incorrect level: {level + 1} "
                f"in the JSON DOM. Expected at level: {len(shape)}"
            )
        return [_scalar(value, dtype)]
    if level >= len(shape):
        raise invalid_argument(
            f"Encountered list at unexpected level: {level} expected < {len(shape)}"
        )
    if len(value) != shape[level]:
        raise invalid_argument(
            f"Encountered list at unexpected size: {len(value)} at level: {level} "
            f"expected size: {shape[level]}"
        )
    values: list[Json | bytes] = []
    for item in value:
        if level + 1 == len(shape) and not isinstance(item, list):
            values.append(_scalar(item, dtype))
        else:
            values += flat_values(item, dtype, shape, level + 1)
    return values


def _scalar(value: Json, dtype: DataType.ValueType) -> Json | bytes:
    kind = _KINDS.get(dtype)
    if kind and kind.accepts(value):
        return kind.convert(value)
    if isinstance(value, JsonObject) and dtype == DataType.DT_STRING:
        return decode_base64(value)
    if not kind and not isinstance(value, JsonObject):
        message = f"Conversion of JSON Value: {describe(value)} to type: {type_name(dtype)}"
        raise StatusError(Code.UNIMPLEMENTED, message)
    raise invalid_argument(
        f"JSON Value: {describe(value)} Type: {json_type(value)} "
        f"is not of expected type: {type_name(dtype)}"
    )


def _proto(
    dtype: DataType.ValueType, shape: Sequence[int], values: Sequence[Json | bytes]
) -> TensorProto:
    sizes = [TensorShapeProto.Dim(size=size) for size in shape]
    proto = TensorProto(dtype=dtype, tensor_shape=TensorShapeProto(dim=sizes))
    if values:
        getattr(proto, _KINDS[dtype].field).extend(values)
    return proto


def _brackets(shape: Sequence[int]) -> str:
    return f"[{','.join(map(str, shape))}]"
