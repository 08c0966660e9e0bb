"""Answers as JSON.

Source: `MakeJsonFromTensors` and its neighbours in `tensorflow_serving/util/json_tensor.cc`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice

from tensorflow_serving.apis.classification_pb2 import ClassificationResult
from tensorflow_serving.apis.regression_pb2 import RegressionResult

from servegate.embedded.json_document import to_bytes
from servegate.embedded.json_request import Format
from servegate.embedded.json_writer import Writer, decimal, string
from servegate.embedded.status import StatusError, invalid_argument
from servegate.embedded.tensors import type_name
from servegate.savedmodel.protos import DataType, TensorProto

_BYTES_SUFFIX = "_bytes"
_BOOLEANS = (b"false", b"true")

# By DataType: the field of TensorProto that holds the values, and how one is written.
_FIELDS: dict[int, tuple[str, Callable[..., bytes]]] = {
    DataType.DT_FLOAT: ("float_val", partial(decimal, single=True)),
    DataType.DT_DOUBLE: ("double_val", partial(decimal, single=False)),
    DataType.DT_INT32: ("int_val", b"%d".__mod__),
    DataType.DT_INT16: ("int_val", b"%d".__mod__),
    DataType.DT_INT8: ("int_val", b"%d".__mod__),
    DataType.DT_UINT8: ("int_val", b"%d".__mod__),
    DataType.DT_STRING: ("string_val", string),
    DataType.DT_INT64: ("int64_val", b"%d".__mod__),
    DataType.DT_BOOL: ("bool_val", _BOOLEANS.__getitem__),
    DataType.DT_UINT32: ("uint32_val", b"%d".__mod__),
    DataType.DT_UINT64: ("uint64_val", b"%d".__mod__),
}


def _texts(tensor: TensorProto, *, as_bytes: bool) -> Iterator[bytes]:
    """The values as JSON. Raises `StatusError` where one is wanted that cannot be written."""
    if tensor.dtype not in _FIELDS:
        kind = type_name(tensor.dtype)
        raise invalid_argument(f"Failed to write JSON value for tensor type: {kind}")
    field, write = _FIELDS[tensor.dtype]
    yield from map(base64.b64encode if as_bytes else write, getattr(tensor, field))


class _Column:
    """The values of one output, written one after the other."""

    def __init__(self, name: str, tensor: TensorProto) -> None:
        self._as_bytes = tensor.dtype == DataType.DT_STRING and name.endswith(_BYTES_SUFFIX)
        self._texts = _texts(tensor, as_bytes=self._as_bytes)
        self.shape = [dim.size for dim in tensor.tensor_shape.dim]

    def write(self, writer: Writer, shape: Sequence[int]) -> None:
        """As many values as the shape holds, in nested arrays."""
        if not shape:
            self._write_one(writer)
            return
        writer.open_array()
        self.write_elements(writer, shape)
        writer.close()

    def write_elements(self, writer: Writer, shape: Sequence[int]) -> None:
        """As many values as the shape holds, for an array that is open."""
        if len(shape) == 1 and not self._as_bytes:
            writer.values(islice(self._texts, shape[0]))
            return
        for _ in range(shape[0]):
            self.write(writer, shape[1:])

    def _write_one(self, writer: Writer) -> None:
        text = next(self._texts)
        if not self._as_bytes:
            writer.value(text)
            return
        writer.open_object()
        writer.key("b64")
        writer.value(b'"%s"' % text)
        writer.close()


def predictions(outputs: Mapping[str, TensorProto], how: Format) -> bytes:
    """The answer to a predict request in the format of the request. Raises `StatusError`."""
    if not outputs:
        raise invalid_argument("Cannot convert empty tensor map to JSON")
    columns = {name: _Column(name, outputs[name]) for name in sorted(outputs)}
    return _rows(columns) if how is Format.ROW else _columnar(columns)


def classifications(result: ClassificationResult) -> bytes:
    """The answer to a classify request."""
    writer = Writer()
    writer.open_object()
    writer.key("results")
    writer.open_array()
    for example in result.classifications:
        writer.single_line_arrays = True
        writer.open_array()
        for one in example.classes:
            writer.open_array()
            writer.value(string(to_bytes(one.label)))
            writer.value(decimal(one.score, single=True))
            writer.close()
        writer.close()
        writer.single_line_arrays = False
    writer.close()
    writer.close()
    return writer.text()


def regressions(result: RegressionResult) -> bytes:
    """The answer to a regress request."""
    writer = Writer(single_line_arrays=True)
    writer.open_object()
    writer.key("results")
    writer.open_array()
    writer.values(decimal(one.value, single=True) for one in result.regressions)
    writer.close()
    writer.close()
    return writer.text()


def failure(error: StatusError) -> bytes:
    """The answer to a request that failed."""
    writer = Writer()
    writer.open_object()
    writer.key("error")
    writer.value(string(to_bytes(error.message)))
    writer.close()
    return writer.text()


def _rows(columns: Mapping[str, _Column]) -> bytes:
    writer = Writer()
    writer.open_object()
    writer.key("predictions")
    writer.open_array()
    batch_size = _batch_size(columns)
    if len(columns) == 1:
        writer.single_line_arrays = True
        for column in columns.values():
            column.write_elements(writer, column.shape)
        writer.single_line_arrays = False
    else:
        for _ in range(batch_size):
            _write_row(writer, columns)
    writer.close()
    writer.close()
    return writer.text()


def _write_row(writer: Writer, columns: Mapping[str, _Column]) -> None:
    writer.open_object()
    writer.single_line_arrays = True
    for name, column in columns.items():
        writer.key(name)
        column.write(writer, column.shape[1:])
    writer.single_line_arrays = False
    writer.close()


def _batch_size(columns: Mapping[str, _Column]) -> int:
    size = -1
    for name, column in columns.items():
        if not column.shape:
            raise invalid_argument(f"Tensor name: {name} has no shape information ")
        if size not in {-1, column.shape[0]}:
            raise invalid_argument(
                f"Tensor name: {name} has inconsistent batch size: {column.shape[0]} "
                f"expecting: {size}"
            )
        size = column.shape[0]
    return size


def _columnar(columns: Mapping[str, _Column]) -> bytes:
    writer = Writer()
    writer.open_object()
    writer.key("outputs")
    if len(columns) > 1:
        writer.open_object()
    for name, column in columns.items():
        if len(columns) > 1:
            writer.key(name)
        column.write(writer, column.shape)
    if len(columns) > 1:
        writer.close()
    writer.close()
    return writer.text()
