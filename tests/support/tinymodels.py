"""Tiny SavedModels, written from protocol buffers alone, in milliseconds and without TensorFlow.

`write_model` writes `y = weight * x + bias` with constants for weights. For stranger models, build
a `Graph`, describe its `Signature`s and hand both to `write_saved_model`::

    graph = Graph()
    x = graph.placeholder("x")
    y = graph.multiply(x, graph.const("weight", 2.0), name="y")
    write_saved_model(folder / "1", graph, [Signature(inputs={"x": x}, outputs={"y": y})])

dtypes are numpy's names ("float32", "int64", "bool"), and "string". A dimension `None` is open;
a shape `None` is unknown altogether.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.detection.editing.model import Attribute, attribute
from servegate.savedmodel.protos import (
    DataType,
    GraphDef,
    MetaGraphDef,
    SavedModel,
    SignatureDef,
    TensorInfo,
    TensorProto,
    TensorShapeProto,
)

Shape = Sequence[int | None] | None

PREDICT = "tensorflow/serving/predict"
CLASSIFY = "tensorflow/serving/classify"
REGRESS = "tensorflow/serving/regress"

# What a TensorFlow 2 writes; below 21 the runtime applies the rules of its first years.
_PRODUCER = 1395

_DTYPES = {
    "float16": "DT_HALF",
    "float32": "DT_FLOAT",
    "float64": "DT_DOUBLE",
    "complex64": "DT_COMPLEX64",
    "complex128": "DT_COMPLEX128",
    "string": "DT_STRING",
    "resource": "DT_RESOURCE",
    **{name: f"DT_{name.upper()}" for name in ("bool", "bfloat16")},
    **{f"int{bits}": f"DT_INT{bits}" for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": f"DT_UINT{bits}" for bits in (8, 16, 32, 64)},
}


def data_type(dtype: str) -> DataType.ValueType:
    """TensorFlow's enumeration value for a dtype's name."""
    return DataType.Value(_DTYPES[dtype])


def shape_proto(shape: Shape) -> TensorShapeProto:
    """TensorFlow's message for a shape."""
    if shape is None:
        return TensorShapeProto(unknown_rank=True)
    sizes = [TensorShapeProto.Dim(size=-1 if size is None else size) for size in shape]
    return TensorShapeProto(dim=sizes)


def tensor_proto(value: ArrayLike, dtype: str) -> TensorProto:
    """A constant as TensorFlow stores it; strings may be given as `str` or `bytes`."""
    if dtype == "string":
        array = np.asarray(value, dtype=object)
        strings = [one.encode() if isinstance(one, str) else one for one in array.ravel()]
        return TensorProto(
            dtype=data_type(dtype), tensor_shape=shape_proto(array.shape), string_val=strings
        )
    array = np.asarray(value, dtype=dtype)
    return TensorProto(
        dtype=data_type(dtype),
        tensor_shape=shape_proto(array.shape),
        tensor_content=array.tobytes(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """One output of a node, as signatures and other nodes refer to it."""

    node: str
    dtype: str
    shape: Shape
    index: int = 0

    @property
    def name(self) -> str:
        """The tensor's name in a signature or a node's inputs."""
        return f"{self.node}:{self.index}"

    def info(self) -> TensorInfo:
        """What a signature says about the tensor."""
        return TensorInfo(
            name=self.name, dtype=data_type(self.dtype), tensor_shape=shape_proto(self.shape)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature: names of inputs and outputs, and the tensors behind them."""

    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]
    key: str = "serving_default"
    method: str = PREDICT

    def proto(self) -> SignatureDef:
        """TensorFlow's message for the signature."""
        return SignatureDef(
            method_name=self.method,
            inputs={name: tensor.info() for name, tensor in self.inputs.items()},
            outputs={name: tensor.info() for name, tensor in self.outputs.items()},
        )


@dataclass(slots=True)
class Graph:
    """A GraphDef under construction; whatever has no helper here is done on `definition`."""

    definition: GraphDef = field(default_factory=GraphDef)

    def op(
        self,
        op: str,
        name: str,
        inputs: Iterable[Tensor] = (),
        *,
        dtype: str,
        shape: Shape = None,
        control: Iterable[str] = (),
        **attributes: Attribute,
    ) -> Tensor:
        """Any node. `dtype` and `shape` describe its first output, the others can be named with
        `Tensor(node=name, index=1, …)`; `control` holds names of nodes that must run before.
        """
        self.definition.node.add(
            name=name,
            op=op,
            input=[one.name for one in inputs] + [f"^{node}" for node in control],
            attr={key: attribute(value) for key, value in attributes.items()},
        )
        return Tensor(node=name, dtype=dtype, shape=shape)

    def placeholder(self, name: str, dtype: str = "float32", shape: Shape = (None, 1)) -> Tensor:
        """An input."""
        node = self.definition.node.add(name=name, op="Placeholder")
        node.attr["dtype"].type = data_type(dtype)
        node.attr["shape"].shape.CopyFrom(shape_proto(shape))
        return Tensor(node=name, dtype=dtype, shape=shape)

    def const(self, name: str, value: ArrayLike, dtype: str = "float32") -> Tensor:
        """A constant."""
        proto = tensor_proto(value, dtype)
        node = self.definition.node.add(name=name, op="Const")
        node.attr["dtype"].type = data_type(dtype)
        node.attr["value"].tensor.CopyFrom(proto)
        return Tensor(node=name, dtype=dtype, shape=[one.size for one in proto.tensor_shape.dim])

    def identity(self, tensor: Tensor, *, name: str) -> Tensor:
        """The tensor itself, under a new name."""
        return self._same(tensor, "Identity", [tensor], name)

    def add(self, left: Tensor, right: Tensor, *, name: str) -> Tensor:
        """The sum, of the left one's shape."""
        return self._same(left, "AddV2", [left, right], name)

    def multiply(self, left: Tensor, right: Tensor, *, name: str) -> Tensor:
        """The product element by element, of the left one's shape."""
        return self._same(left, "Mul", [left, right], name)

    def _same(self, like: Tensor, op: str, inputs: Iterable[Tensor], name: str) -> Tensor:
        return self.op(op, name, inputs, dtype=like.dtype, shape=like.shape, T=like.dtype)


def saved_model(
    graph: Graph, signatures: Iterable[Signature], *, tags: Sequence[str] = ("serve",)
) -> SavedModel:
    """The message that `write_saved_model` writes, for tests that want to bend it first."""
    meta_graph = MetaGraphDef(
        meta_info_def=MetaGraphDef.MetaInfoDef(tags=tags, tensorflow_version="2.20.0"),
        graph_def=graph.definition,
        signature_def={one.key: one.proto() for one in signatures},
    )
    meta_graph.graph_def.versions.producer = _PRODUCER
    return SavedModel(saved_model_schema_version=1, meta_graphs=[meta_graph])


def write_saved_model(
    directory: Path,
    graph: Graph,
    signatures: Iterable[Signature],
    *,
    tags: Sequence[str] = ("serve",),
) -> Path:
    """Writes `saved_model.pb` into a version directory, which is created, and returns it."""
    directory.mkdir(parents=True, exist_ok=True)
    message = saved_model(graph, signatures, tags=tags)
    (directory / "saved_model.pb").write_bytes(message.SerializeToString(deterministic=True))
    return directory


def write_model(
    directory: Path,
    *,
    weight: float = 2.0,
    bias: float = 1.0,
    input_name: str = "x",
    output_name: str = "y",
    dtype: str = "float32",
    shape: Shape = (None, 1),
    signature: str = "serving_default",
    tags: Sequence[str] = ("serve",),
) -> Path:
    """Writes `y = weight * x + bias` into a version directory and returns that directory."""
    graph = Graph()
    given = graph.placeholder("given", dtype, shape)
    scaled = graph.multiply(given, graph.const("weight", weight, dtype), name="scaled")
    answer = graph.add(scaled, graph.const("bias", bias, dtype), name="answer")
    described = Signature(key=signature, inputs={input_name: given}, outputs={output_name: answer})
    return write_saved_model(directory, graph, [described], tags=tags)


def write_warmup(directory: Path, records: Iterable[bytes]) -> Path:
    """Writes serialized `PredictionLog`s as the warm-up file of a version directory."""
    path = directory / "assets.extra" / "tf_serving_warmup_requests"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(_tfrecord(record) for record in records))
    return path


def _tfrecord(record: bytes) -> bytes:
    length = struct.pack("<Q", len(record))
    return length + _masked_crc(length) + record + _masked_crc(record)


def _masked_crc(data: bytes) -> bytes:
    """TFRecord's checksum: CRC-32C, rotated and shifted by a constant."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 & -(crc & 1))
    crc ^= 0xFFFFFFFF
    rotated = (crc >> 15 | crc << 17) & 0xFFFFFFFF
    return struct.pack("<I", (rotated + 0xA282EAD8) & 0xFFFFFFFF)
