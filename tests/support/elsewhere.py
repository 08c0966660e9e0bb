"""Parts of graphs that read something else than the request."""

from __future__ import annotations

from servegate.savedmodel.protos import AttrValue
from tests.support.tinymodels import Graph, Tensor, data_type, shape_proto

_FLOAT = AttrValue(list=AttrValue.ListValue(type=[data_type("float32")]))


def iterator(graph: Graph, *, name: str = "source") -> Tensor:
    """A batch from an iterator of the graph's own."""
    source = graph.op("IteratorV2", name, dtype="resource", output_types=_FLOAT)
    node = graph.definition.node[-1]
    shape = AttrValue(list=AttrValue.ListValue(shape=[shape_proto((None, 1))]))
    node.attr["output_shapes"].CopyFrom(shape)
    return graph.op("IteratorGetNext", "next", [source], dtype="float32", shape=(None, 1))


def file(graph: Graph, path: str) -> Tensor:
    """The number that a file holds."""
    read = graph.op("ReadFile", "read", [graph.const("path", path, "string")], dtype="string")
    return graph.op("StringToNumber", "number", [read], dtype="float32", out_type="float32")


def queue(graph: Graph) -> Tensor:
    """A row from a queue."""
    source = graph.op("FIFOQueueV2", "queue", dtype="resource", component_types=_FLOAT)
    return graph.op(
        "QueueDequeueV2", "row", [source], dtype="float32", shape=(1,), component_types=_FLOAT
    )
