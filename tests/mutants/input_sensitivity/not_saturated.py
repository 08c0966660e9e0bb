"""Models whose scores are at their two ends."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.scenes import Scene, column
from tests.support.tinymodels import Graph, Signature, Tensor, write_saved_model

_Layer = Callable[[Graph, Tensor], Tensor]


def _sigmoid(graph: Graph, given: Tensor, factor: float) -> Tensor:
    steep = graph.multiply(given, graph.const("factor", factor), name="steep")
    return column(graph, "Sigmoid", "score", steep)


def _cut(graph: Graph, given: Tensor) -> Tensor:
    score = _sigmoid(graph, given, 1.0)
    above = graph.op(
        "Greater", "above", [score, graph.const("half", 0.5)], dtype="bool", T="float32"
    )
    return graph.op(
        "Cast", "cut", [above], dtype="float32", shape=(None, 1), SrcT="bool", DstT="float32"
    )


def _write(scene: Scene, name: str, layer: _Layer) -> None:
    graph = Graph()
    given = graph.placeholder("given")
    signature = Signature(inputs={"x": given}, outputs={"y": layer(graph, given)})
    write_saved_model(scene.version(name), graph, [signature])


def _candidate(scene: Scene, layer: _Layer) -> None:
    _write(scene, "1", lambda graph, given: _sigmoid(graph, given, 1.0))
    scene.branch_off()
    _write(scene, "2", layer)


def mutant_g08_scores_are_cut_at_a_threshold(scene: Scene) -> str:
    _candidate(scene, _cut)
    return "'y' is 0 or 1 and nothing between"


def mutant_g07_activations_are_at_their_ends(scene: Scene) -> str:
    scene.examples({"inputs": {"x": [number - 12.25]}} for number in range(24))
    _candidate(scene, lambda graph, given: _sigmoid(graph, given, 1e6))
    return "24 plausible inputs"


def twin_g08_scores_are_steeper(scene: Scene) -> None:
    _candidate(scene, lambda graph, given: _sigmoid(graph, given, 3.0))


def twin_g07_most_scores_are_at_their_ends(scene: Scene) -> None:
    scene.examples({"inputs": {"x": [number - 12.25]}} for number in range(24))
    _candidate(scene, lambda graph, given: _sigmoid(graph, given, 20.0))
