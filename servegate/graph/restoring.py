"""What the loader asks a checkpoint for, and which variables it puts that into.

The loader runs the node that `saver_def` names, in the graph itself (TensorFlow 1) or in a
function that it calls (TensorFlow 2). It reads with `RestoreV2`, whose names and slices are
constants. Source: `RunRestore` in tensorflow/cc/saved_model/loader.cc.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from servegate.graph.body import BrokenGraph
from servegate.graph.constants import strings_of
from servegate.graph.dependence import ModelGraph
from servegate.graph.frames import Execution, Origin
from servegate.graph.layout import shared_name
from servegate.graph.ops import is_variable
from servegate.savedmodel.dtypes import dtype_name
from servegate.savedmodel.reader import SavedModel
from servegate.savedmodel.signatures import Shape, shape_of_proto

_ASSIGNMENTS = frozenset({"AssignVariableOp", "Assign"})
_NAMES, _SLICES = 1, 2  # inputs of RestoreV2; the first is the checkpoint's path


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One tensor that the loader asks for, by the name that it has in the checkpoint.

    `slice` is "" for all of it, else the whole tensor's shape and the part that is wanted, as in
    "10 4 0,5:-". `variable` is what the tensor is put into as it is, "" where that is not known
    or the tensor is made into something else first; `shape` is that variable's. `node` leads
    through the calls to the node that asks.
    """

    name: str
    dtype: str
    slice: str
    node: str
    variable: str = ""
    shape: Shape = None


def wanted_tensors(graph: ModelGraph, model: SavedModel) -> tuple[Wanted, ...]:
    """Everything that loading a model restores, in the graph's order. Raises `BrokenGraph`."""
    saver = model.meta_graph.saver_def
    port = graph.port(saver.restore_op_name)
    if port is None:
        return ()
    execution = Execution(graph.library, graph.body, [port.node])
    nodes = list(execution.nodes())
    targets = dict(_targets(execution, nodes))
    return tuple(
        wanted
        for one in nodes
        if one.node.op == "RestoreV2"
        for wanted in _asked_by(execution, one, targets)
    )


_Place = tuple[tuple[int, ...], int]
"""A node (`Origin.place`), and which of its outputs."""


def _targets(execution: Execution, nodes: list[Origin]) -> Iterator[tuple[_Place, Origin]]:
    """The variables that are assigned, by what is assigned to them."""
    for one in nodes:
        if one.node.op in _ASSIGNMENTS and len(one.node.inputs) > 1:
            handle, value = (execution.origin(one.frame, port) for port in one.node.inputs[:2])
            if is_variable(handle.node.op):
                yield (value.place, value.output), handle


def _asked_by(execution: Execution, one: Origin, targets: dict[_Place, Origin]) -> Iterator[Wanted]:
    node = one.node
    if node.proto is None or len(node.inputs) <= _SLICES:
        raise BrokenGraph([f"The node {node.name!r} (RestoreV2) lacks inputs."])
    names, slices = (
        strings_of(execution.origin(one.frame, node.inputs[at]).node) for at in (_NAMES, _SLICES)
    )
    if names is None or slices is None:
        return  # they are computed: nobody can say from the graph what is asked for
    dtypes = node.proto.attr["dtypes"].list.type if "dtypes" in node.proto.attr else []
    for number, (name, part, dtype) in enumerate(zip(names, slices, dtypes, strict=False)):
        variable = targets.get((one.place, number))
        yield Wanted(
            name=name.decode("utf-8", "backslashreplace"),
            dtype=dtype_name(dtype),
            slice=part.decode("utf-8", "backslashreplace"),
            node=one.path,
            variable="" if variable is None else _name(variable),
            shape=None if variable is None else _shape(variable),
        )


def _name(variable: Origin) -> str:
    return shared_name(variable.node.proto) if variable.node.proto else ""


def _shape(variable: Origin) -> Shape:
    proto = variable.node.proto
    return shape_of_proto(proto.attr["shape"].shape) if proto and "shape" in proto.attr else None
