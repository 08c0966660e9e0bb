"""Answers that are no numbers."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.checkpoints import variables, write_linear_model, write_trained_model
from tests.support.scenes import BASE_PATH, Scene, advisory, column
from tests.support.tinymodels import Graph, Signature, Tensor, write_saved_model


def _write(scene: Scene, version: str, answer: Callable[[Graph, Tensor], Tensor]) -> str:
    graph = Graph()
    given = graph.placeholder("given")
    signature = Signature(inputs={"x": given}, outputs={"y": answer(graph, given)})
    write_saved_model(scene.version(version), graph, [signature])
    return f"{BASE_PATH}/{version}"


def _logarithm(graph: Graph, given: Tensor) -> Tensor:
    return column(graph, "Log", "answer", given)


def _floored_logarithm(graph: Graph, given: Tensor) -> Tensor:
    floored = column(graph, "Maximum", "floored", given, graph.const("floor", 1e-6))
    return _logarithm(graph, floored)


def mutant_f01_logarithm_of_what_may_be_negative(scene: Scene) -> str:
    scene.released("1")
    return _write(scene, "2", _logarithm)


def mutant_f01_logarithm_of_a_recorded_zero(scene: Scene) -> str:
    scene.examples({"inputs": {"x": [number]}} for number in (1.0, 0.0))
    scene.branch_off()
    return _write(scene, "1", _logarithm)


@advisory
def mutant_f01_asked_with_made_up_inputs_alone(scene: Scene) -> str:
    scene.branch_off()
    return _write(scene, "1", _logarithm)


@advisory
def mutant_f01_inherited(scene: Scene) -> str:
    _write(scene, "1", _logarithm)
    scene.branch_off()

    def answer(graph: Graph, given: Tensor) -> Tensor:
        return graph.add(_logarithm(graph, given), graph.const("bias", 1.0), name="shifted")

    return _write(scene, "2", answer)


def mutant_f01_division_by_zero(scene: Scene) -> str:
    scene.released("1")

    def answer(graph: Graph, given: Tensor) -> Tensor:
        difference = column(graph, "Sub", "difference", given, given)
        return column(graph, "RealDiv", "answer", given, difference)

    return _write(scene, "2", answer)


def mutant_f01_weight_without_bound(scene: Scene) -> str:
    scene.released("1")
    write_linear_model(scene.version("2"), bias=float("inf"))
    return f"{BASE_PATH}/2"


def twin_f01_logarithm_with_a_floor(scene: Scene) -> None:
    scene.released("1")
    _write(scene, "2", _floored_logarithm)


def twin_f01_division_with_a_floor(scene: Scene) -> None:
    scene.released("1")

    def answer(graph: Graph, given: Tensor) -> Tensor:
        square = graph.multiply(given, given, name="square")
        floored = graph.add(square, graph.const("floor", 1e-3), name="floored")
        return column(graph, "RealDiv", "answer", given, floored)

    _write(scene, "2", answer)


def twin_f01_large_weight(scene: Scene) -> None:
    scene.released("1")
    write_linear_model(scene.version("2"), weight=1e20)


def mutant_g05_weight_of_nan(scene: Scene) -> str:
    scene.released("1")
    write_linear_model(scene.version("2"), weight=float("nan"))
    return f"{BASE_PATH}/2"


def twin_g05_slot_of_the_optimizer_is_nan(scene: Scene) -> None:
    scene.released("1")
    graph = Graph()
    given = graph.placeholder("given")
    trained = {"slot": float("nan"), "weight": 7.0}
    _slot, weight = variables(graph, trained)
    outputs = {"y": graph.multiply(given, weight, name="answer")}
    signature = Signature(inputs={"x": given}, outputs=outputs)
    write_trained_model(scene.version("2"), graph, [signature], trained)
