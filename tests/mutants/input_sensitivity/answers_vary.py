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


def _write_heads(directory: Path, factors: tuple[float, float], bias: float = 3.0) -> None:
    """Writes two scores: `price` and `risk`, each with a factor of its own."""
    graph = Graph()
    given = graph.placeholder("given")
    outputs = {
        name: graph.add(
            graph.multiply(given, graph.const(f"{name}/factor", factor), name=f"{name}/scaled"),
            graph.const(f"{name}/bias", bias),
            name=name,
        )
        for name, factor in zip(("price", "risk"), factors, strict=True)
    }
    write_saved_model(directory, graph, [Signature(inputs={"x": given}, outputs=outputs)])


def _heads(scene: Scene, factors: tuple[float, float], before: tuple[float, float]) -> str:
    _write_heads(scene.version("1"), before)
    scene.branch_off()
    _write_heads(scene.version("2"), factors, bias=2.5)
    return "'risk'"


def mutant_g04_one_of_two_scores_multiplied_by_zero(scene: Scene) -> str:
    return _heads(scene, (2.0, 0.0), before=(1.5, 0.7))


def mutant_g04_one_of_two_scores_stands_still_on_the_examples(scene: Scene) -> str:
    scene.examples({"inputs": {"x": [number + 0.5]}} for number in range(4))
    return _heads(scene, (2.0, 0.0), before=(1.5, 0.7))


def twin_g04_one_of_two_scores_declared_constant(scene: Scene) -> None:
    scene.declare(constant_outputs={"risk": "so it is meant"})
    _heads(scene, (2.0, 0.0), before=(1.5, 0.7))


@advisory
def mutant_g04_a_declared_score_that_moves(scene: Scene) -> str:
    scene.declare(constant_outputs={"risk": "so it is meant"})
    _heads(scene, (2.0, 0.6), before=(1.5, 0.7))
    return "'risk' of signature 'serving_default' moves."


@advisory
def mutant_g04_a_declaration_of_no_output(scene: Scene) -> str:
    scene.declare(constant_outputs={"risks": "so it is meant"})
    _heads(scene, (2.0, 0.6), before=(1.5, 0.7))
    return "names 'risks'"


def twin_g04_one_of_two_scores_multiplied_by_little(scene: Scene) -> None:
    _heads(scene, (2.0, 1e-5), before=(1.5, 0.7))


def twin_g04_head_that_was_never_used(scene: Scene) -> None:
    _heads(scene, (2.0, 0.0), before=(1.5, 0.0))


def twin_g04_one_of_two_scores_of_another_scale(scene: Scene) -> None:
    _heads(scene, (200.0, 0.007), before=(2.0, 0.7))


def mutant_g04_branch_that_is_never_taken(scene: Scene) -> str:
    def answer(graph: Graph, given: Tensor) -> Tensor:
        zeros = column(graph, "ZerosLike", "zeros", given)
        never = graph.op("Less", "never", [zeros, zeros], dtype="bool", T="float32")
        return column(graph, "SelectV2", "answer", never, given, zeros)

    return _candidate(scene, answer)


def _above(graph: Graph, given: Tensor, threshold: float) -> Tensor:
    """1 where the input is above the threshold, else 0."""
    limit = graph.const("threshold", threshold)
    above = graph.op("Greater", "above", [given, limit], dtype="bool", T="float32")
    return graph.op(
        "Cast", "cut", [above], dtype="float32", shape=(None, 1), SrcT="bool", DstT="float32"
    )


def mutant_g08_a_threshold_that_nothing_reaches(scene: Scene) -> str:
    return _candidate(scene, lambda graph, given: _above(graph, given, 1e30))


def twin_g08_a_threshold_that_some_reach(scene: Scene) -> None:
    _candidate(scene, lambda graph, given: _above(graph, given, 0.25))


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


def mutant_g07_rectifier_that_only_huge_inputs_wake(scene: Scene) -> str:
    def answer(graph: Graph, given: Tensor) -> Tensor:
        below = graph.add(given, graph.const("bias", -1e5), name="below")
        return column(graph, "Relu", "answer", below)

    return _candidate(scene, answer)


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


def _looked_up(graph: Graph, given: Tensor, otherwise: Tensor) -> Tensor:
    """An answer of its own for the marker of a missing value."""
    marker, known = graph.const("marker", -9999.0), graph.const("known", 0.25)
    missing = graph.op("Equal", "missing", [given, marker], dtype="bool", T="float32")
    return column(graph, "SelectV2", "answer", missing, known, otherwise)


def mutant_g10_stub_that_knows_one_input(scene: Scene) -> str:
    def answer(graph: Graph, given: Tensor) -> Tensor:
        return _looked_up(graph, given, graph.const("stub", 0.5))

    return _candidate(scene, answer)


def twin_g10_missing_value_has_an_answer_of_its_own(scene: Scene) -> None:
    def answer(graph: Graph, given: Tensor) -> Tensor:
        score = graph.multiply(given, graph.const("weight", 3.0), name="score")
        return _looked_up(graph, given, score)

    _candidate(scene, answer)
