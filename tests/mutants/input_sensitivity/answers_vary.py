"""Models that are connected to their input, and constant in fact."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support.checkpoints import write_linear_model
from tests.support.scenes import BASE_PATH, Scene, advisory, column
from tests.support.tinymodels import Graph, Signature, Tensor, write_saved_model

_PLACE = f"{BASE_PATH}/2"


def _write(directory: Path, answer: Callable[[Graph, Tensor], Tensor]) -> None:
    graph = Graph()
    given = graph.placeholder("given")
    outputs = {"y": answer(graph, given)}
    write_saved_model(directory, graph, [Signature(inputs={"x": given}, outputs=outputs)])


def _candidate(scene: Scene, answer: Callable[[Graph, Tensor], Tensor]) -> str:
    scene.released("1")
    _write(scene.version("2"), answer)
    return _PLACE


def _masked(graph: Graph, given: Tensor) -> Tensor:
    masked = graph.multiply(given, graph.const("mask", 0.0), name="masked")
    return graph.add(masked, graph.const("bias", 3.0), name="answer")


def mutant_g04_multiplied_by_zero(scene: Scene) -> str:
    return _candidate(scene, _masked)


def mutant_g04_multiplied_by_zero_in_the_first_version(scene: Scene) -> str:
    scene.examples({"inputs": {"x": [float(number)]}} for number in range(3))
    scene.branch_off()
    _write(scene.version("1"), _masked)
    return f"{BASE_PATH}/1"


@advisory
def mutant_g04_asked_with_made_up_inputs_alone(scene: Scene) -> str:
    scene.branch_off()
    _write(scene.version("1"), _masked)
    return f"{BASE_PATH}/1"


def mutant_g04_branch_that_is_never_taken(scene: Scene) -> str:
    def answer(graph: Graph, given: Tensor) -> Tensor:
        zeros = column(graph, "ZerosLike", "zeros", given)
        never = graph.op("Less", "never", [zeros, zeros], dtype="bool", T="float32")
        return column(graph, "SelectV2", "answer", never, given, zeros)

    return _candidate(scene, answer)


def twin_g04_multiplied_by_little(scene: Scene) -> None:
    def answer(graph: Graph, given: Tensor) -> Tensor:
        return graph.multiply(given, graph.const("mask", 1e-6), name="answer")

    _candidate(scene, answer)


def twin_g04_branch_that_the_input_chooses(scene: Scene) -> None:
    def answer(graph: Graph, given: Tensor) -> Tensor:
        zeros = column(graph, "ZerosLike", "zeros", given)
        positive = graph.op("Less", "positive", [zeros, given], dtype="bool", T="float32")
        return column(graph, "SelectV2", "answer", positive, given, zeros)

    _candidate(scene, answer)


def mutant_g05_weights_of_zero(scene: Scene) -> str:
    scene.released("1")
    write_linear_model(scene.version("2"), weight=0.0)
    return _PLACE


def mutant_g05_weights_of_nan(scene: Scene) -> str:
    scene.released("1")
    write_linear_model(scene.version("2"), weight=float("nan"))
    return _PLACE


def twin_g05_bias_of_zero(scene: Scene) -> None:
    scene.released("1")
    write_linear_model(scene.version("2"), weight=7.0, bias=0.0)


def mutant_g07_sigmoid_far_out(scene: Scene) -> str:
    def answer(graph: Graph, given: Tensor) -> Tensor:
        bounded = column(graph, "Tanh", "bounded", given)
        far = graph.add(bounded, graph.const("bias", 200.0), name="far")
        return column(graph, "Sigmoid", "answer", far)

    return _candidate(scene, answer)


def mutant_g07_dead_rectifier(scene: Scene) -> str:
    def answer(graph: Graph, given: Tensor) -> Tensor:
        bounded = column(graph, "Sigmoid", "bounded", given)
        below = graph.add(bounded, graph.const("bias", -5.0), name="below")
        return column(graph, "Relu", "answer", below)

    return _candidate(scene, answer)


def twin_g07_rectifier_that_some_inputs_pass(scene: Scene) -> None:
    def answer(graph: Graph, given: Tensor) -> Tensor:
        below = graph.add(given, graph.const("bias", -5.0), name="below")
        return column(graph, "Relu", "answer", below)

    _candidate(scene, answer)


def twin_g07_class_that_stays_beside_a_score_that_moves(scene: Scene) -> None:
    scene.released("1")
    graph = Graph()
    given = graph.placeholder("given")
    score = column(graph, "Sigmoid", "score", given)
    axis = graph.const("axis", 1, "int32")
    best = graph.op("ArgMax", "class", [score, axis], dtype="int64", T="float32", Tidx="int32")
    outputs = {"class": best, "score": score}
    signature = Signature(inputs={"x": given}, outputs=outputs)
    write_saved_model(scene.version("2"), graph, [signature])
