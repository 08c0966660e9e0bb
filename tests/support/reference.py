"""Models and questions for running a SavedModel directly, and a look at the process that does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from servegate.deadline import Deadline
from servegate.facts.probes import Probe, Provenance
from servegate.reference import exchange
from servegate.reference.run import WORKER
from tests.support.processes import marked
from tests.support.tinymodels import Graph, Signature, Tensor, write_saved_model


def probe(
    label: str,
    value: ArrayLike,
    *,
    name: str = "x",
    dtype: str = "float32",
    signature: str = "serving_default",
    provenance: Provenance = Provenance.WARM_UP,
    moderate: bool = True,
) -> Probe:
    """A question of one row to one input; strings are `dtype="O"`."""
    return Probe(
        label=label,
        signature=signature,
        inputs={name: np.array([[value]], dtype)},
        provenance=provenance,
        moderate=moderate,
    )


def write_endless(directory: Path) -> Path:
    """Writes a model that never answers: a loop whose condition always holds."""
    graph = Graph()
    x = graph.placeholder("x")

    def scalar(op: str, name: str, *inputs: Tensor) -> Tensor:
        return graph.op(op, name, inputs, dtype="float32", shape=(), T="float32")

    enter = scalar("Enter", "enter", graph.const("zero", 0.0))
    graph.definition.node[-1].attr["frame_name"].s = b"loop"
    again = Tensor(node="again", dtype="float32", shape=())
    merged = scalar("Merge", "merged", enter, again)
    graph.definition.node[-1].attr["N"].i = 2
    holds = graph.op("LessEqual", "holds", [merged, merged], dtype="bool", shape=(), T="float32")
    condition = graph.op("LoopCond", "condition", [holds], dtype="bool", shape=())
    left = scalar("Switch", "turn", merged, condition)
    scalar("NextIteration", again.node, Tensor(node=left.node, dtype="float32", shape=(), index=1))
    y = graph.add(x, scalar("Exit", "left", left), name="y")
    return write_saved_model(directory, graph, [Signature(inputs={"x": x}, outputs={"y": y})])


def write_unknown_op(directory: Path, op: str) -> Path:
    """Writes a model with an op that no TensorFlow has."""
    graph = Graph()
    x = graph.placeholder("x")
    y = graph.op(op, "y", [x], dtype="float32", shape=(None, 1))
    return write_saved_model(directory, graph, [Signature(inputs={"x": x}, outputs={"y": y})])


@dataclass(frozen=True, slots=True)
class WhenLoaded(Deadline):
    """A deadline that does something each time it is waited for, once the model is loaded."""

    workspace: Path = Path()
    then: Callable[[], None] = lambda: None

    def sleep(self, seconds: float) -> None:
        """See `Deadline.sleep`."""
        if any(self.workspace.glob(f"*/{exchange.LOADED}")):
            self.then()
        Deadline.sleep(self, seconds)


def worker(workspace: Path) -> int:
    """The process that runs the model; the launcher above it bears the same marks."""
    ours = set(marked(str(workspace))) & set(marked(WORKER.name))
    return max(ours - set(marked("launcher.py")))
