"""Models that ignore one of their inputs."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.oddmodels import write_pass_through, write_sum
from tests.support.scenes import Scene, advisory, column
from tests.support.tinymodels import Graph, Signature, Tensor, write_saved_model

_BOTH = {"size": 2.0, "age": 1.0}

_Used = Callable[[Graph, Tensor], Tensor]


def _write(scene: Scene, version: str, used: _Used, *, size_weight: float = 3.0) -> None:
    """Writes `y = size_weight * size + used(age)`."""
    graph = Graph()
    size, age = graph.placeholder("size"), graph.placeholder("age")
    weighted = graph.multiply(size, graph.const("weight", size_weight), name="weighted")
    answer = graph.add(weighted, used(graph, age), name="answer")
    signature = Signature(inputs={"size": size, "age": age}, outputs={"y": answer})
    write_saved_model(scene.version(version), graph, [signature])


def _candidate(scene: Scene, used: _Used) -> str:
    write_sum(scene.version("1"), _BOTH)
    scene.branch_off()
    _write(scene, "2", used)
    return "'age'"


def _mean(graph: Graph, _age: Tensor) -> Tensor:
    return graph.const("mean", 35.0)


def _shape(graph: Graph, age: Tensor) -> Tensor:
    return column(graph, "ZerosLike", "zeros", age)


def mutant_g02_feature_replaced_by_its_mean(scene: Scene) -> str:
    return _candidate(scene, _mean)


def mutant_g02_feature_of_which_the_shape_is_left(scene: Scene) -> str:
    return _candidate(scene, _shape)


def mutant_g02_feature_that_leads_nowhere(scene: Scene) -> str:
    def used(graph: Graph, age: Tensor) -> Tensor:
        graph.multiply(age, graph.const("slope", 0.1), name="forgotten")
        return _mean(graph, age)

    return _candidate(scene, used)


def mutant_g02_key_that_is_echoed_no_more(scene: Scene) -> str:
    write_pass_through(scene.version("1"), weight=2.0, mask=False)
    scene.branch_off()
    graph = Graph()
    given = {"x": graph.placeholder("x"), "key": graph.placeholder("key", "string", (None,))}
    answer = graph.multiply(given["x"], graph.const("weight", 3.0), name="y")
    echo = graph.const("echo", ["a key"], "string")
    signature = Signature(inputs=given, outputs={"y": answer, "key": echo})
    write_saved_model(scene.version("2"), graph, [signature])
    return "'key'"


@advisory
def mutant_g02_inherited(scene: Scene) -> str:
    _write(scene, "1", _mean, size_weight=2.0)
    scene.branch_off()
    _write(scene, "2", _mean)
    return "'age'"


@advisory
def mutant_g02_first_version(scene: Scene) -> str:
    scene.branch_off()
    _write(scene, "1", _mean)
    return "'age'"


@advisory
def mutant_g02_input_that_the_base_version_has_not(scene: Scene) -> str:
    write_sum(scene.version("1"), {"size": 2.0})
    scene.branch_off()
    _write(scene, "2", _mean)
    return "'age'"


def twin_g02_feature_of_little_weight(scene: Scene) -> None:
    def used(graph: Graph, age: Tensor) -> Tensor:
        return graph.multiply(age, graph.const("slope", 1e-6), name="slight")

    _candidate(scene, used)


def twin_g02_feature_dropped_from_the_signature_too(scene: Scene) -> None:
    write_sum(scene.version("1"), _BOTH)
    scene.branch_off()
    write_sum(scene.version("2"), {"size": 3.0})


def twin_g02_key_that_is_echoed(scene: Scene) -> None:
    write_pass_through(scene.version("1"), weight=2.0, mask=False)
    scene.branch_off()
    write_pass_through(scene.version("2"), weight=3.0, mask=False)


def twin_g02_feature_of_the_first_version(scene: Scene) -> None:
    scene.branch_off()
    write_sum(scene.version("1"), _BOTH)


def twin_g02_mask_that_chooses(scene: Scene) -> None:
    def used(graph: Graph, age: Tensor) -> Tensor:
        young = graph.op("Less", "young", [age, _mean(graph, age)], dtype="bool", T="float32")
        bonus, none = (graph.const(name, value) for name, value in (("bonus", 5.0), ("none", 0.0)))
        return column(graph, "SelectV2", "chosen", young, bonus, none)

    _candidate(scene, used)
