"""Signatures on which clients of the base version cannot rely any more."""

from __future__ import annotations

from collections.abc import Iterable

from tests.support.scenes import Scene, advisory, column
from tests.support.tinymodels import (
    CLASSIFY,
    PREDICT,
    REGRESS,
    Graph,
    Shape,
    Signature,
    Tensor,
    write_model,
    write_saved_model,
)

_CALLABLES = {"serving": "client:build"}


def _released(scene: Scene) -> None:
    write_model(scene.version("1"), input_name="numbers", shape=(None, 2))
    scene.branch_off()


def _write(scene: Scene, version: str, *signatures: Signature, graph: Graph) -> None:
    write_saved_model(scene.version(version), graph, signatures)


def _write_sum(scene: Scene, version: str, names: Iterable[str]) -> None:
    """A model that adds its inputs."""
    graph = Graph()
    given = {name: graph.placeholder(name) for name in names}
    total = graph.const("zero", [[0.0]])
    for name, tensor in given.items():
        total = graph.add(tensor, total, name=f"plus_{name}")
    _write(scene, version, Signature(inputs=given, outputs={"y": total}), graph=graph)


def _write_scores(
    scene: Scene, version: str, columns: int, *, declared: Shape, answers: Shape = (None, 1)
) -> None:
    """`numbers @ ones`, whose signature says what it likes of both shapes."""
    graph = Graph()
    given = graph.placeholder("given", shape=None)
    weights = graph.const("weights", [[1.0]] * columns)
    product = graph.op("MatMul", "product", [given, weights], dtype="float32", T="float32")
    told = Tensor(node=given.node, dtype="float32", shape=declared)
    answer = Tensor(node=product.node, dtype="float32", shape=answers)
    signature = Signature(inputs={"numbers": told}, outputs={"y": answer})
    _write(scene, version, signature, graph=graph)


@advisory
def mutant_c01_default_signature_renamed(scene: Scene) -> str:
    _released(scene)
    write_model(scene.version("2"), input_name="numbers", shape=(None, 2), signature="scores")
    return "'serving_default' is now called 'scores'"


@advisory
def mutant_c01_one_of_two_signatures_missing(scene: Scene) -> str:
    for version, keys in (("1", ("serving_default", "explain")), ("2", ("serving_default",))):
        graph = Graph()
        x = graph.placeholder("x")
        outputs = {"y": column(graph, "Neg", "negative", x)}
        signatures = [Signature(key=key, inputs={"x": x}, outputs=outputs) for key in keys]
        _write(scene, version, *signatures, graph=graph)
        if version == "1":
            scene.branch_off()
    return "'explain' is missing"


def twin_c01_signature_offered_twice(scene: Scene) -> None:
    scene.released("1")
    graph = Graph()
    x = graph.placeholder("x")
    outputs = {"y": column(graph, "Neg", "negative", x)}
    signatures = [
        Signature(key=key, inputs={"x": x}, outputs=outputs)
        for key in ("serving_default", "scores")
    ]
    _write(scene, "2", *signatures, graph=graph)


def mutant_c02_input_renamed(scene: Scene) -> str:
    _released(scene)
    write_model(scene.version("2"), input_name="features", shape=(None, 2))
    return "'numbers' is now 'features'"


def mutant_c02_input_renamed_and_the_client_sends_the_old_one(scene: Scene) -> str:
    scene.write("client.py", "def build(raw):\n    return {'numbers': raw}\n")
    scene.examples([{"raw": [1.0, 2.0]}, {"raw": [3.0, 5.0]}], preprocessing=_CALLABLES)
    _released(scene)
    write_model(scene.version("2"), input_name="features", shape=(None, 2))
    return "has not changed along, going by client:build"


@advisory
def mutant_c02_input_renamed_with_its_client(scene: Scene) -> str:
    scene.write("client.py", "def build(raw):\n    return {'numbers': raw}\n")
    scene.examples([{"raw": [1.0, 2.0]}, {"raw": [3.0, 5.0]}], preprocessing=_CALLABLES)
    _released(scene)
    scene.write("client.py", "def build(raw):\n    return {'features': raw}\n")
    write_model(scene.version("2"), input_name="features", shape=(None, 2))
    return "has changed along, going by client:build"


def mutant_c02_output_renamed(scene: Scene) -> str:
    _released(scene)
    write_model(scene.version("2"), input_name="numbers", output_name="price", shape=(None, 2))
    return "'y' is now 'price'"


def twin_c02_tensors_renamed_inside_the_graph(scene: Scene) -> None:
    scene.released("1")
    graph = Graph()
    x = graph.placeholder("features")
    signature = Signature(inputs={"x": x}, outputs={"y": column(graph, "Neg", "price", x)})
    _write(scene, "2", signature, graph=graph)


def mutant_c03_input_of_another_dtype(scene: Scene) -> str:
    _released(scene)
    graph = Graph()
    given = graph.placeholder("given", "float64", (None, 2))
    answer = graph.op(
        "Cast", "y", [given], dtype="float32", shape=(None, 2), SrcT="float64", DstT="float32"
    )
    signature = Signature(inputs={"numbers": given}, outputs={"y": answer})
    _write(scene, "2", signature, graph=graph)
    return "'numbers' is float64, was float32"


def mutant_c03_output_of_another_dtype(scene: Scene) -> str:
    scene.released("1")
    graph = Graph()
    x = graph.placeholder("x")
    y = graph.op("Cast", "y", [x], dtype="int32", shape=(None, 1), SrcT="float32", DstT="int32")
    _write(scene, "2", Signature(inputs={"x": x}, outputs={"y": y}), graph=graph)
    return "'y' is int32, was float32"


def mutant_c03_three_columns_for_two(scene: Scene) -> str:
    _write_scores(scene, "1", 2, declared=(None, 2))
    scene.branch_off()
    _write_scores(scene, "2", 3, declared=(None, 3))
    return "Requests of the old shape are refused: INVALID_ARGUMENT"


@advisory
def mutant_c03_signature_that_only_says_so(scene: Scene) -> str:
    _write_scores(scene, "1", 2, declared=(None, 2))
    scene.branch_off()
    _write_scores(scene, "2", 2, declared=(None, 3))
    return "Requests of the old shape are still answered."


def mutant_c03_answers_of_another_rank(scene: Scene) -> str:
    scene.released("1")
    graph = Graph()
    x = graph.placeholder("x")
    last = graph.const("last", -1, "int32")
    y = graph.op(
        "ExpandDims",
        "y",
        [x, last],
        dtype="float32",
        shape=(None, 1, 1),
        T="float32",
        Tdim="int32",
    )
    _write(scene, "2", Signature(inputs={"x": x}, outputs={"y": y}), graph=graph)
    return "Answers had rank 2, and have rank 3."


@advisory
def mutant_c03_answers_of_another_rank_in_words_alone(scene: Scene) -> str:
    _write_scores(scene, "1", 2, declared=(None, 2))
    scene.branch_off()
    _write_scores(scene, "2", 2, declared=(None, 2), answers=(None,))
    return "The answers are of the same rank as before."


def twin_c03_dimensions_opened(scene: Scene) -> None:
    _write_scores(scene, "1", 2, declared=(None, 2))
    scene.branch_off()
    _write_scores(scene, "2", 2, declared=(None, None), answers=None)


def mutant_c05_input_dropped(scene: Scene) -> str:
    _write_sum(scene, "1", ("area", "rooms"))
    scene.branch_off()
    _write_sum(scene, "2", ("area",))
    return "'rooms' (float32) is missing"


@advisory
def mutant_c05_input_dropped_with_its_examples(scene: Scene) -> str:
    scene.examples([{"inputs": {"area": [1.0], "rooms": [2.0]}}])
    _write_sum(scene, "1", ("area", "rooms"))
    scene.branch_off()
    scene.examples([{"inputs": {"area": [1.0]}}, {"inputs": {"area": [3.0]}}])
    _write_sum(scene, "2", ("area",))
    return "has changed along, going by the recorded inputs"


def twin_c05_input_kept(scene: Scene) -> None:
    _write_sum(scene, "1", ("area", "rooms"))
    scene.branch_off()
    _write_sum(scene, "2", ("rooms", "area"))


def _write_regression(scene: Scene, version: str, **methods: str) -> None:
    graph = Graph()
    x = graph.placeholder("x")
    y = column(graph, "Neg", "negative", x)
    signatures = [
        Signature(key=key, method=method, inputs={"inputs": x}, outputs={"outputs": y})
        for key, method in methods.items()
    ]
    _write(scene, version, *signatures, graph=graph)


def _methods_are_checked(scene: Scene) -> None:
    scene.configure(serving={"flags": ["--enable_signature_method_name_check=true"]})


def mutant_c09_regress_exported_for_predict(scene: Scene) -> str:
    _methods_are_checked(scene)
    _write_regression(scene, "1", serving_default=REGRESS)
    scene.branch_off()
    _write_regression(scene, "2", serving_default=PREDICT)
    return "'tensorflow/serving/predict', was 'tensorflow/serving/regress'"


def mutant_c09_regress_exported_for_classify(scene: Scene) -> str:
    _methods_are_checked(scene)
    _write_regression(scene, "1", serving_default=PREDICT, price=REGRESS)
    scene.branch_off()
    _write_regression(scene, "2", serving_default=PREDICT, price=CLASSIFY)
    return "Signature 'price'"


@advisory
def mutant_c09_method_that_no_server_checks(scene: Scene) -> str:
    _write_regression(scene, "1", serving_default=REGRESS)
    scene.branch_off()
    _write_regression(scene, "2", serving_default=PREDICT)
    return "Production's flags do not have it checked."


def twin_c09_offered_for_predict_too(scene: Scene) -> None:
    _write_regression(scene, "1", serving_default=REGRESS)
    scene.branch_off()
    _write_regression(scene, "2", serving_default=REGRESS, predict=PREDICT)
