"""Signatures that do not take what training makes."""

from __future__ import annotations

from tests.support.scenes import Scene
from tests.support.tinymodels import Graph, Shape, Signature, write_model, write_saved_model

_ROWS = [{"inputs": {"numbers": [1.0, 2.0]}}, {"inputs": {"numbers": [3.0, 4.5]}}]
_FIRST = "data/examples.jsonl:1"


def _released(scene: Scene, rows: list[dict[str, dict[str, list[float]]]] = _ROWS) -> None:
    scene.examples(rows)
    write_model(scene.version("1"), input_name="numbers", shape=(None, 2))
    scene.branch_off()


def _write_scores(scene: Scene, *, shape: Shape) -> None:
    """A model whose graph multiplies two numbers by a matrix, whatever its signature says."""
    graph = Graph()
    given = graph.placeholder("given", shape=None)
    weights = graph.const("weights", [[1.0, 2.0], [3.0, 4.0]])
    answer = graph.op("MatMul", "answer", [given, weights], dtype="float32", T="float32")
    told = Graph().placeholder("given", shape=shape)
    write_saved_model(
        scene.version("2"), graph, [Signature(inputs={"numbers": told}, outputs={"y": answer})]
    )


def mutant_c02_input_renamed(scene: Scene) -> str:
    _released(scene)
    write_model(scene.version("2"), input_name="features", shape=(None, 2))
    return _FIRST


def mutant_c02_input_named_by_the_exporter(scene: Scene) -> str:
    _released(scene)
    write_model(scene.version("2"), input_name="numbers_1", shape=(None, 2))
    return "numbers_1"


def twin_c02_input_renamed_with_its_examples(scene: Scene) -> None:
    _released(scene)
    write_model(scene.version("2"), input_name="features", shape=(None, 2))
    scene.examples({"inputs": {"features": row["inputs"]["numbers"]}} for row in _ROWS)


def twin_c02_output_renamed(scene: Scene) -> None:
    _released(scene)
    write_model(scene.version("2"), input_name="numbers", output_name="price", shape=(None, 2))


def mutant_c03_integers_for_floats(scene: Scene) -> str:
    _released(scene)
    write_model(scene.version("2"), input_name="numbers", dtype="int64", shape=(None, 2))
    return _FIRST


def mutant_c03_strings_for_floats(scene: Scene) -> str:
    _released(scene)
    graph = Graph()
    given = graph.placeholder("given", "string", (None, 2))
    number = graph.op(
        "StringToNumber", "number", [given], dtype="float32", shape=(None, 2), out_type="float32"
    )
    signature = Signature(inputs={"numbers": given}, outputs={"y": number})
    write_saved_model(scene.version("2"), graph, [signature])
    return "'numbers' is string in the signature"


def mutant_c03_another_rank(scene: Scene) -> str:
    _released(scene)
    graph = Graph()
    given = graph.placeholder("given", shape=(None, 2, 1))
    weights = graph.const("weights", [[[1.0, 2.0]]])
    answer = graph.op("BatchMatMulV2", "answer", [given, weights], dtype="float32", T="float32")
    signature = Signature(inputs={"numbers": given}, outputs={"y": answer})
    write_saved_model(scene.version("2"), graph, [signature])
    return "[?, 2, 1]"


def mutant_c03_three_columns_for_two(scene: Scene) -> str:
    _released(scene, [{"inputs": {"numbers": [1.0, 2.0, 3.0]}}])
    _write_scores(scene, shape=(None, 2))
    return _FIRST


def twin_c03_wider_floats(scene: Scene) -> None:
    _released(scene)
    write_model(scene.version("2"), input_name="numbers", dtype="float64", shape=(None, 2))


def twin_c03_signature_that_tells_a_wrong_shape(scene: Scene) -> None:
    _released(scene)
    _write_scores(scene, shape=(None, 3))
