"""What the loader runs once the weights are restored."""

from __future__ import annotations

import math

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import at_start, held_by, outputs
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.dtypes import dtype_name
from servegate.savedmodel.protos import NodeDef

_CHANGES = (Part.MODEL, Part.EXAMPLES)
_VARIABLES = {"VarHandleOp", "VariableV2"}


@mutator("G06", changes=_CHANGES, effect=Effect.OTHERWISE)
def weights_are_initialised_after_the_restore(change: Change) -> None:
    """Loading runs the initialisers of the weights once more, after the weights are restored."""
    change.forget_recordings()
    with model(change.new) as served:
        outputs(served)
        at_start(served, *(_initialised(served, one) for one in _kernels(served)))


@weights_are_initialised_after_the_restore.twin(effect=Effect.AS_BEFORE)
def weights_are_read_after_the_restore(change: Change) -> None:
    """Loading reads the weights once, after they are restored."""
    change.forget_recordings()
    with model(change.new) as served:
        outputs(served)
        at_start(served, *(_read(served, one) for one in _kernels(served)))


def _kernels(served: Model) -> list[NodeDef]:
    """The variables that hold matrices of floats."""
    found = [
        node
        for node in served.meta_graph.graph_def.node
        if node.op in _VARIABLES
        and dtype_name(node.attr["dtype"].type) == "float32"
        and len(node.attr["shape"].shape.dim) > 1
    ]
    if not found:
        raise DoesNotFit("the main graph holds no matrix of weights")
    return found


def _initialised(served: Model, node: NodeDef) -> str:
    """Writes what a uniform initialiser with a fixed seed draws."""
    sizes = [dim.size for dim in node.attr["shape"].shape.dim]
    shape = served.constant(sizes, "int32")
    drawn = served.node("RandomUniform", shape, T="int32", dtype="float32", seed=7, seed2=11)
    limit = served.constant(1 / math.sqrt(sizes[-2]), "float32")
    value = served.node("Mul", drawn, limit, T="float32")
    handle = f"{node.name}:0"
    if node.op == "VarHandleOp":
        return served.node("AssignVariableOp", handle, value, dtype="float32")
    return served.node("Assign", handle, value, T="float32")


def _read(served: Model, node: NodeDef) -> str:
    handle = f"{node.name}:0"
    if node.op == "VarHandleOp":
        return held_by(served, handle, "float32")
    return served.node("Identity", handle, T="float32")
