"""Tensors of the wire and of graphs (`TensorProto`) to numpy arrays and back."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from servegate.savedmodel.dtypes import dtype_name, dtype_number, numpy_dtype
from servegate.savedmodel.protos import DataType, TensorProto, TensorShapeProto

Array = npt.NDArray[np.generic]

MAX_BYTES = 2**28
"""A message may say "a thousand million times 0" in twenty bytes; this much is believed (256 MiB).
A tensor whose values are all in the message may be larger."""

_MAX_RANK = 64  # numpy's; TensorFlow allows 254, of which no served model is known

# The field of TensorProto that holds the values, where it is not the tensor's content.
# Source: tensorflow/core/framework/tensor.proto.
_FIELDS = {
    "float32": "float_val",
    "float64": "double_val",
    "string": "string_val",
    "complex64": "scomplex_val",
    "complex128": "dcomplex_val",
    "int64": "int64_val",
    "bool": "bool_val",
    "uint32": "uint32_val",
    "uint64": "uint64_val",
    "float16": "half_val",
    "bfloat16": "half_val",
}


class BadTensor(ValueError):
    """A message that is no tensor, or an array that cannot be one; the text says why."""


def to_numpy(proto: TensorProto, *, max_bytes: int = MAX_BYTES) -> Array:
    """The values of a message: a new, writable array; strings are an object array of `bytes`.

    As in TensorFlow, values that are left out repeat the last one given, or are zero when none
    is. Raises `BadTensor` for a dtype that numpy cannot hold, values that do not fit the shape,
    and a shape that needs more than `max_bytes` without giving the values.
    """
    name = dtype_name(proto.dtype).removesuffix("_ref")
    dtype = numpy_dtype(name)
    if dtype is None:
        raise BadTensor(f"a tensor of {name} has no values that can be read")
    shape = _shape(proto.tensor_shape)
    count = math.prod(shape)
    given = _given(proto, name, dtype)
    if len(given) > count:
        raise BadTensor(f"{len(given)} values are given for the shape {list(shape)}")
    if len(given) < count and count * dtype.itemsize > max_bytes:
        raise BadTensor(f"the shape {list(shape)} is too large for {len(given)} values")
    if len(given) < count:
        given = _repeat_last(given, count, dtype)
    return given.reshape(shape)


def from_numpy(array: npt.ArrayLike) -> TensorProto:
    """The message for an array. Strings may be `bytes` or `str` (sent as UTF-8).

    numpy's own string dtype drops trailing NUL bytes; an object array keeps them. Raises
    `BadTensor` for a dtype that TensorFlow lacks, and for objects that are no strings.
    """
    values = np.asarray(array)
    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in values.shape])
    if values.dtype.kind in "OSU":
        strings = [_bytes(one) for one in values.ravel().tolist()]
        return TensorProto(dtype=_data_type("string"), tensor_shape=shape, string_val=strings)
    number = _data_type(values.dtype.name)
    stored = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    return TensorProto(dtype=number, tensor_shape=shape, tensor_content=stored.tobytes())


def _data_type(name: str) -> DataType.ValueType:
    try:
        return cast("DataType.ValueType", dtype_number(name))
    except KeyError as error:
        raise BadTensor(f"TensorFlow has no dtype for numpy's {name}") from error


def _shape(proto: TensorShapeProto) -> tuple[int, ...]:
    shape = tuple(dim.size for dim in proto.dim[: _MAX_RANK + 1])
    if proto.unknown_rank or any(size < 0 for size in shape):
        raise BadTensor("a tensor with values needs a shape that is known in full")
    if len(shape) > _MAX_RANK:
        raise BadTensor(f"a tensor of more than {_MAX_RANK} dimensions")
    return shape


def _given(proto: TensorProto, name: str, dtype: np.dtype[np.generic]) -> Array:
    """The values that are in the message, flat."""
    if name == "string":
        return _objects(proto.string_val)
    if proto.tensor_content:
        if len(proto.tensor_content) % dtype.itemsize:
            size = len(proto.tensor_content)
            raise BadTensor(f"{size} bytes are no whole number of {name} values")
        return np.frombuffer(proto.tensor_content, dtype).copy()
    if name.startswith("float8"):
        return np.frombuffer(proto.float8_val, dtype).copy()
    values = getattr(proto, _FIELDS.get(name, "int_val"))
    if name in {"float16", "bfloat16"}:  # the bits, one value an int32
        return (np.asarray(values, np.int64) & 0xFFFF).astype("<u2").view(dtype)
    if name.startswith("complex"):
        pairs = np.asarray(values, np.float64)
        return (pairs[::2][: len(pairs) // 2] + 1j * pairs[1::2]).astype(dtype)
    return np.asarray(values, None if len(values) else dtype).astype(dtype)


def _objects(strings: Iterable[bytes]) -> npt.NDArray[Any]:
    values = list(strings)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _repeat_last(given: Array, count: int, dtype: np.dtype[np.generic]) -> Array:
    if dtype.hasobject:
        last: object = given[-1] if len(given) else b""
    else:
        last = given[-1] if len(given) else dtype.type(0)
    full = np.full(count, last, dtype=dtype)
    full[: len(given)] = given
    return full


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    raise BadTensor(f"a tensor of strings cannot hold a {type(value).__name__}")
