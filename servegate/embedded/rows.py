"""Rows of tensors: cut out, repeated and put together along the batch axis.

All functions want messages as `tensors.to_proto` makes them: every value in one field.
"""

from __future__ import annotations

from collections.abc import Sequence

from servegate.embedded import tensors
from servegate.embedded.libtensorflow import library
from servegate.embedded.session import Feed, tensor_of
from servegate.embedded.status import invalid_argument
from servegate.savedmodel.protos import TensorProto


def unpacked(feed: Feed) -> TensorProto:
    """A request's value with every element written out. Raises `StatusError` for none."""
    tensor = tensor_of(feed)
    try:
        return tensors.to_proto(tensor)
    finally:
        library().TF_DeleteTensor(tensor)


def is_scalar(proto: TensorProto) -> bool:
    """Whether it has no axis that could count rows."""
    return not proto.tensor_shape.dim


def count(proto: TensorProto) -> int:
    """The number of rows."""
    return proto.tensor_shape.dim[0].size


def cut(proto: TensorProto, start: int, stop: int) -> TensorProto:
    """The rows from `start` up to `stop`."""
    name = tensors.value_field(proto.dtype)
    values = getattr(proto, name)
    width = len(values) // count(proto) if count(proto) else 0
    return _like(proto, stop - start, values[start * width : stop * width])


def joined(protos: Sequence[TensorProto]) -> TensorProto:
    """The rows of all. Raises `StatusError` where they are not of one shape."""
    if len({_shape_of_row(proto) for proto in protos}) > 1:
        raise invalid_argument("Cannot concatenate tensors of different shapes")
    name = tensors.value_field(protos[0].dtype)
    values = [value for proto in protos for value in getattr(proto, name)]
    return _like(protos[0], sum(map(count, protos)), values)


def padded(proto: TensorProto, size: int) -> TensorProto:
    """Filled up to `size` rows with copies of its first."""
    missing = size - count(proto)
    return joined([proto, *[cut(proto, 0, 1)] * missing]) if missing > 0 else proto


def _shape_of_row(proto: TensorProto) -> tuple[int, ...]:
    return tuple(dim.size for dim in proto.tensor_shape.dim[1:])


def _like(proto: TensorProto, rows: int, values: Sequence[object]) -> TensorProto:
    made = TensorProto(dtype=proto.dtype, tensor_shape=proto.tensor_shape)
    made.tensor_shape.dim[0].size = rows
    getattr(made, tensors.value_field(proto.dtype)).extend(values)
    return made
