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


def _times_zero(graph: Graph, age: Tensor) -> Tensor:
    return graph.multiply(age, graph.const("slope", 0.0), name="nothing")


def _rows(count: int) -> list[dict[str, object]]:
    """Examples of houses: no two agree in either input."""
    return [
        {"inputs": {"size": [40.0 + 7 * number], "age": [90.0 - 8 * number]}}
        for number in range(count)
    ]


def _asked(scene: Scene, used: _Used, *, examples: int = 6, **model: object) -> str:
    """As `_candidate`, with examples from which one value after the other can be exchanged."""
    scene.examples(_rows(examples), **model)
    return _candidate(scene, used)


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


def mutant_g02_feature_multiplied_by_zero(scene: Scene) -> str:
    return _asked(scene, _times_zero)


def mutant_g02_feature_that_is_clipped_to_nothing(scene: Scene) -> str:
    def used(graph: Graph, age: Tensor) -> Tensor:
        low, high = graph.const("low", 0.0), graph.const("high", 1.0)
        return column(graph, "ClipByValue", "clipped", age, low, high)

    return _asked(scene, used)


def mutant_g02_branch_for_old_houses_that_none_takes(scene: Scene) -> str:
    def used(graph: Graph, age: Tensor) -> Tensor:
        bound = graph.const("bound", 1e6)
        old = graph.op("Less", "old", [bound, age], dtype="bool", T="float32")
        return column(graph, "SelectV2", "chosen", old, age, _mean(graph, age))

    return _asked(scene, used)


def mutant_g02_the_line_to_add_is_named(scene: Scene) -> str:
    _asked(scene, _times_zero)
    return 'servegate.yml:2: sensitivity: {ignores: {"age": "why"}}'


@advisory
def mutant_g02_multiplied_by_zero_of_three_examples(scene: Scene) -> str:
    return _asked(scene, _times_zero, examples=3)


def mutant_g02_multiplied_by_zero_without_examples(scene: Scene) -> str:
    return _candidate(scene, _times_zero)


def mutant_g02_multiplied_by_zero_with_one_example(scene: Scene) -> str:
    scene.examples(_rows(1))
    return _candidate(scene, _times_zero)


@advisory
def mutant_g02_multiplied_by_zero_in_the_base_version_too(scene: Scene) -> str:
    scene.examples(_rows(6))
    _write(scene, "1", _times_zero, size_weight=2.0)
    scene.branch_off()
    _write(scene, "2", _times_zero)
    return "Inherited"


@advisory
def mutant_g02_multiplied_by_zero_in_the_first_version(scene: Scene) -> str:
    scene.examples(_rows(6))
    scene.branch_off()
    _write(scene, "1", _times_zero)
    return "'age' was exchanged between examples 30 times"


@advisory
def mutant_g02_declaration_of_an_input_that_there_is_not(scene: Scene) -> str:
    declared = {"sensitivity": {"ignores": {"aeg": "clients send it"}}}
    scene.examples(_rows(6), **declared)
    write_sum(scene.version("1"), _BOTH)
    scene.branch_off()
    write_sum(scene.version("2"), {"size": 3.0, "age": 1.0})
    return "did you mean 'age'?"


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


def twin_g02_bucket_that_only_large_values_reach(scene: Scene) -> None:
    def used(graph: Graph, age: Tensor) -> Tensor:
        bound = graph.const("bound", 5000.0)
        return column(graph, "Maximum", "bucket", age, bound)

    _candidate(scene, used)


def twin_g02_multiplied_by_zero_in_the_base_version_too_without_examples(scene: Scene) -> None:
    _write(scene, "1", _times_zero, size_weight=2.0)
    scene.branch_off()
    _write(scene, "2", _times_zero)


def twin_g02_multiplied_by_zero_in_the_first_version_without_examples(scene: Scene) -> None:
    scene.branch_off()
    _write(scene, "1", _times_zero)


def twin_g02_branch_that_few_made_up_inputs_take(scene: Scene) -> None:
    def far_out(graph: Graph, age: Tensor) -> Tensor:
        return column(graph, "Maximum", "bucket", age, graph.const("bound", 500.0))

    _write(scene, "1", far_out, size_weight=2.0)
    scene.branch_off()
    _write(scene, "2", _times_zero)


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


def twin_g02_small_effect_on_answers(scene: Scene) -> None:
    def used(graph: Graph, age: Tensor) -> Tensor:
        return graph.multiply(age, graph.const("slope", 1e-3), name="slight")

    _asked(scene, used)


def twin_g02_branch_that_the_last_example_takes(scene: Scene) -> None:
    def used(graph: Graph, age: Tensor) -> Tensor:
        bound = graph.const("bound", 60.0)
        young = graph.op("Less", "young", [age, bound], dtype="bool", T="float32")
        return column(graph, "SelectV2", "chosen", young, age, bound)

    _asked(scene, used)


def twin_g02_multiplied_by_zero_and_declared(scene: Scene) -> None:
    _asked(scene, _times_zero, sensitivity={"ignores": {"age": "clients send it all the same"}})


def twin_g02_unconnected_and_declared(scene: Scene) -> None:
    _asked(scene, _mean, sensitivity={"ignores": {"age": "clients send it all the same"}})


def twin_g02_key_that_is_echoed_in_answers(scene: Scene) -> None:
    scene.examples({"inputs": {"x": [1.0 + row], "key": f"key {row}"}} for row in range(6))
    write_pass_through(scene.version("1"), weight=2.0, mask=False)
    scene.branch_off()
    write_pass_through(scene.version("2"), weight=3.0, mask=False)
