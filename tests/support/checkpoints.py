"""Weights of tiny models: variables in a graph, and the `variables/` from which they are restored.

    graph = Graph()
    weights = {"weight": 3.0, "bias": [1.0]}
    weight, bias = variables(graph, weights)
    ...
    write_trained_model(folder / "1", graph, [signature], weights)

The files are those of TensorFlow's own saver (`tensor_bundle.proto`, and LevelDB's table for the
index); TensorFlow restores them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.detection.editing.table import table
from servegate.savedmodel.crc32c import masked_crc32c
from servegate.savedmodel.protos import AttrValue, BundleEntryProto, BundleHeaderProto
from tests.support.tinymodels import Graph, Signature, Tensor, data_type, saved_model, shape_proto

Weights = Mapping[str, ArrayLike]
"""The values of float32 variables by their names."""


def variables(graph: Graph, weights: Weights) -> list[Tensor]:
    """Adds variables, and the nodes that restore them, to a graph; returns what they hold."""
    held = [_variable(graph, name, np.shape(value)) for name, value in weights.items()]
    prefix = graph.const("save/prefix", "", "string")
    names = graph.const("save/names", list(weights), "string")
    slices = graph.const("save/slices", [""] * len(weights), "string")
    types = AttrValue(list=AttrValue.ListValue(type=[data_type("float32")] * len(weights)))
    graph.op("RestoreV2", "save/restored", [prefix, names, slices], dtype="float32", dtypes=types)
    assigned = []
    for index, name in enumerate(weights):
        value = Tensor(node="save/restored", index=index, dtype="float32", shape=None)
        handle = Tensor(node=name, dtype="resource", shape=())
        assigned.append(f"save/assign_{name}")
        _float_op(graph, "AssignVariableOp", assigned[-1], [handle, value])
    graph.op("NoOp", "save/restore_all", dtype="float32", control=assigned)
    return held


def _variable(graph: Graph, name: str, shape: Sequence[int]) -> Tensor:
    handle = _float_op(graph, "VarHandleOp", name, [])
    node = graph.definition.node[-1]
    node.attr["shape"].shape.CopyFrom(shape_proto(shape))
    node.attr["shared_name"].s = name.encode()
    read = _float_op(graph, "ReadVariableOp", f"{name}/read", [handle])
    return replace(read, shape=shape)


def _float_op(graph: Graph, op: str, name: str, inputs: Sequence[Tensor]) -> Tensor:
    """A node whose attribute `dtype` is float32."""
    made = graph.op(op, name, inputs, dtype="float32")
    graph.definition.node[-1].attr["dtype"].type = data_type("float32")
    return made


def write_trained_model(
    directory: Path,
    graph: Graph,
    signatures: Iterable[Signature],
    weights: Weights,
    *,
    shards: int = 1,
) -> Path:
    """Writes a version directory whose graph has `variables(graph, weights)`."""
    message = saved_model(graph, signatures)
    saver = message.meta_graphs[0].saver_def
    saver.filename_tensor_name = "save/prefix:0"
    saver.save_tensor_name = "save/prefix:0"
    saver.restore_op_name = "save/restore_all"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "saved_model.pb").write_bytes(message.SerializeToString(deterministic=True))
    write_checkpoint(directory, weights, shards=shards)
    return directory


def write_linear_model(
    directory: Path, *, weight: ArrayLike = 3.0, bias: ArrayLike = 1.0, shards: int = 1
) -> Path:
    """Writes `y = weight * x + bias` with both in variables; returns the version directory."""
    graph = Graph()
    given = graph.placeholder("given")
    weights = {"bias": bias, "weight": weight}
    shift, factor = variables(graph, weights)
    answer = graph.add(graph.multiply(given, factor, name="scaled"), shift, name="answer")
    signature = Signature(inputs={"x": given}, outputs={"y": answer})
    return write_trained_model(directory, graph, [signature], weights, shards=shards)


def write_checkpoint(directory: Path, weights: Weights, *, shards: int = 1) -> None:
    """Writes `variables/` of a version directory; the variables take turns in the shards."""
    folder = directory / "variables"
    folder.mkdir(parents=True, exist_ok=True)
    contents = [b""] * shards
    entries = {b"": BundleHeaderProto(num_shards=shards).SerializeToString()}
    for number, name in enumerate(sorted(weights)):
        array = np.asarray(weights[name], dtype=np.float32)
        shard = number % shards
        entry = BundleEntryProto(
            dtype=data_type("float32"),
            shape=shape_proto(array.shape),
            shard_id=shard,
            offset=len(contents[shard]),
            size=array.nbytes,
            crc32c=masked_crc32c(array.tobytes()),
        )
        entries[name.encode()] = entry.SerializeToString()
        contents[shard] += array.tobytes()
    (folder / "variables.index").write_bytes(table(entries))
    for shard, content in enumerate(contents):
        (folder / f"variables.data-{shard:05d}-of-{shards:05d}").write_bytes(content)
