"""Tensors of the C API to the messages of the wire and back.

Source: `Tensor::FromProto` (which TensorFlow does itself) and `Tensor::AsProtoField`, whose
choice of field TF Serving's answers show.
"""

from __future__ import annotations

import ctypes
import math
import struct
from typing import cast

from servegate.embedded.libtensorflow import STRING_SIZE, buffer_of, checked, library
from servegate.embedded.status import Code, StatusError
from servegate.savedmodel.protos import DataType, TensorProto, TensorShapeProto

# By DataType: the field of TensorProto that holds the values, and the format of one value in
# the tensor's buffer, as `memoryview.cast` wants it. Complex numbers are two values each.
_FIELDS: dict[int, tuple[str, str]] = {
    DataType.DT_FLOAT: ("float_val", "f"),
    DataType.DT_DOUBLE: ("double_val", "d"),
    DataType.DT_INT32: ("int_val", "i"),
    DataType.DT_UINT8: ("int_val", "B"),
    DataType.DT_INT16: ("int_val", "h"),
    DataType.DT_INT8: ("int_val", "b"),
    DataType.DT_UINT16: ("int_val", "H"),
    DataType.DT_COMPLEX64: ("scomplex_val", "f"),
    DataType.DT_COMPLEX128: ("dcomplex_val", "d"),
    DataType.DT_INT64: ("int64_val", "q"),
    DataType.DT_BOOL: ("bool_val", "?"),
    DataType.DT_QINT8: ("int_val", "b"),
    DataType.DT_QUINT8: ("int_val", "B"),
    DataType.DT_QINT32: ("int_val", "i"),
    DataType.DT_QINT16: ("int_val", "h"),
    DataType.DT_QUINT16: ("int_val", "H"),
    DataType.DT_BFLOAT16: ("half_val", "H"),
    DataType.DT_HALF: ("half_val", "H"),
    DataType.DT_UINT32: ("uint32_val", "I"),
    DataType.DT_UINT64: ("uint64_val", "Q"),
}


def type_name(dtype: int) -> str:
    """A dtype as TensorFlow's messages name it (`DataTypeString`): `float`, `half`, `int64`."""
    if dtype not in DataType.values():
        return f"unknown dtype enum ({dtype})"
    name = DataType.Name(cast("DataType.ValueType", dtype))
    return name.removeprefix("DT_").lower()


def value_field(dtype: int) -> str:
    """The field of `TensorProto` that holds the values of a dtype. Raises `StatusError`."""
    if dtype == DataType.DT_STRING:
        return "string_val"
    if dtype not in _FIELDS:
        raise StatusError(Code.UNIMPLEMENTED, f"A tensor of {type_name(dtype)} cannot be sent")
    return _FIELDS[dtype][0]


def from_proto(proto: TensorProto) -> int:
    """A new `TF_Tensor`, the caller's to delete. Raises `StatusError` for a message that is none.

    As in TensorFlow, values left out repeat the last one given, and values too many are dropped.
    """
    c = library()
    tensor = c.TF_AllocateTensor(DataType.DT_FLOAT, (ctypes.c_int64 * 1)(0), 1, 0)
    try:
        with checked() as status, buffer_of(proto.SerializeToString()) as buffer:
            c.TF_TensorFromProto(buffer, tensor, status)
    except StatusError:
        c.TF_DeleteTensor(tensor)
        raise
    return int(tensor)


def to_proto(tensor: int) -> TensorProto:
    """The message for a `TF_Tensor`, which stays the caller's."""
    c = library()
    dtype = c.TF_TensorType(tensor)
    sizes = [c.TF_Dim(tensor, axis) for axis in range(c.TF_NumDims(tensor))]
    proto = TensorProto(
        dtype=dtype,
        tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes]),
    )
    field = value_field(dtype)
    if not math.prod(sizes):
        return proto  # Such a tensor may have no buffer at all, whose size must not be asked for.
    if dtype == DataType.DT_STRING:
        proto.string_val.extend(_strings(tensor))
    else:
        value_format = _FIELDS[dtype][1]
        values = memoryview(_content(tensor)).cast(value_format).tolist()  # type: ignore[call-overload]
        getattr(proto, field).extend(values)
    return proto


def packed(proto: TensorProto) -> TensorProto:
    """The same with its values as `tensor_content` (`Tensor::AsProtoTensorContent`).

    Wants a message as `to_proto` makes them: every value in one field.
    """
    values = getattr(proto, value_field(proto.dtype))
    if proto.dtype == DataType.DT_STRING:
        content = b"".join([*map(_varint, map(len, values)), *values])
    else:
        content = struct.pack(f"<{len(values)}{_FIELDS[proto.dtype][1]}", *values)
    return TensorProto(dtype=proto.dtype, tensor_shape=proto.tensor_shape, tensor_content=content)


def _varint(number: int) -> bytes:
    low, high = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varint(high) if high else bytes([low])


def _content(tensor: int) -> bytes:
    c = library()
    return ctypes.string_at(c.TF_TensorData(tensor), c.TF_TensorByteSize(tensor))


def _strings(tensor: int) -> list[bytes]:
    c = library()
    start = c.TF_TensorData(tensor)
    count = c.TF_TensorByteSize(tensor) // STRING_SIZE
    addresses = (start + STRING_SIZE * number for number in range(count))
    return [_string(address) for address in addresses]


def _string(address: int) -> bytes:
    c = library()
    return ctypes.string_at(c.TF_StringGetDataPointer(address), c.TF_StringGetSize(address))
