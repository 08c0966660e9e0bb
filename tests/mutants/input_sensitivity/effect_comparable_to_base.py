"""Models whose answers hardly move any more."""

from __future__ import annotations

from tests.support.scenes import Scene, advisory
from tests.support.tinymodels import Graph, Signature, write_saved_model


def _write(scene: Scene, name: str, factor: float, bias: float) -> None:
    graph = Graph()
    given = graph.placeholder("given")
    scaled = graph.multiply(given, graph.const("factor", factor), name="scaled")
    answer = graph.add(scaled, graph.const("bias", bias), name="answer")
    signature = Signature(inputs={"x": given}, outputs={"y": answer})
    write_saved_model(scene.version(name), graph, [signature])


def _candidate(scene: Scene, factor: float, bias: float = 3.0) -> None:
    scene.examples({"inputs": {"x": [number * 0.5]}} for number in range(12))
    _write(scene, "1", 2.0, 3.0)
    scene.branch_off()
    _write(scene, "2", factor, bias)


def mutant_g05_a_trace_of_an_effect(scene: Scene) -> str:
    _candidate(scene, 1e-5)
    return "'y' hardly moves any more"


def mutant_g07_a_large_bias(scene: Scene) -> str:
    _candidate(scene, 2.0, 1e6)
    return "'y' hardly moves any more"


@advisory
def mutant_g09_a_fiftieth_of_the_effect(scene: Scene) -> str:
    _candidate(scene, 0.04)
    return "50 times less"


@advisory
def mutant_g09_a_hundred_times_the_effect(scene: Scene) -> str:
    _candidate(scene, 200.0)
    return "100 times as far"


def twin_g05_half_of_the_effect(scene: Scene) -> None:
    _candidate(scene, 1.0)


def twin_g07_a_bias_that_moved(scene: Scene) -> None:
    _candidate(scene, 2.0, 30.0)


def twin_g09_a_fifth_of_the_effect(scene: Scene) -> None:
    _candidate(scene, 0.4)


def twin_g09_weights_in_sixteen_bits(scene: Scene) -> None:
    _candidate(scene, 2.001953125)
