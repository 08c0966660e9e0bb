"""Classifiers of one number: scores of classes, with and without their last activation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tests.support.tinymodels import Graph, Signature, Tensor, write_saved_model

Head = Callable[[Graph, Tensor], Tensor]


def row(graph: Graph, op: str, name: str, *inputs: Tensor, classes: int = 3) -> Tensor:
    """A node that makes a row of scores of a row of scores."""
    return graph.op(op, name, inputs, dtype="float32", shape=(None, classes), T="float32")


def softmax(graph: Graph, logits: Tensor) -> Tensor:
    """What turns logits into probabilities."""
    return row(graph, "Softmax", "probabilities", logits)


def write_classifier(
    directory: Path,
    head: Head = softmax,
    *,
    factors: Sequence[float] = (-1.0, 0.0, 1.0),
    biases: Sequence[float] = (0.0, 0.5, 0.0),
) -> Path:
    """Writes `scores = head(x * factors + biases)` for `x` of one number a row."""
    graph = Graph()
    given = graph.placeholder("given")
    scaled = row(graph, "Mul", "scaled", given, graph.const("factors", [list(factors)]))
    logits = row(graph, "AddV2", "logits", scaled, graph.const("biases", [list(biases)]))
    outputs = {"scores": head(graph, logits)}
    return write_saved_model(directory, graph, [Signature(inputs={"x": given}, outputs=outputs)])


def numbers(count: int) -> list[dict[str, object]]:
    """Examples for them, from both sides of zero."""
    return [{"inputs": {"x": [(number - count / 2) * 0.4]}} for number in range(count)]
