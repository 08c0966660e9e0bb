"""Graphs in which no path leads from an input to an output."""

from __future__ import annotations

from tests.support.elsewhere import iterator
from tests.support.scenes import Scene, advisory, column
from tests.support.tinymodels import Graph, Signature, Tensor, write_saved_model


def _write(scene: Scene, graph: Graph, given: Tensor, **outputs: Tensor) -> None:
    scene.released("1")
    signature = Signature(inputs={"x": given}, outputs=outputs)
    write_saved_model(scene.version("2"), graph, [signature])


def _start() -> tuple[Graph, Tensor]:
    graph = Graph()
    return graph, graph.placeholder("given")


def _scaled(graph: Graph, given: Tensor) -> Tensor:
    return graph.multiply(given, graph.const("weight", 2.0), name="scaled")


def mutant_g01_constant(scene: Scene) -> str:
    graph, given = _start()
    _scaled(graph, given)
    _write(scene, graph, given, y=graph.const("debug/score", [[0.5]]))
    return "debug/score"


def mutant_g01_ones_like_the_input(scene: Scene) -> str:
    graph, given = _start()
    ones = column(graph, "OnesLike", "ones", given)
    half = graph.multiply(ones, graph.const("half", 0.5), name="answer")
    _write(scene, graph, given, y=half)
    return "ones"


def mutant_g01_one_score_of_two(scene: Scene) -> str:
    graph, given = _start()
    dead = graph.const("spare", [[0.0]])
    _write(scene, graph, given, y=_scaled(graph, given), spread=dead)
    return "'spread'"


def mutant_g01_all_outputs_declared_constant(scene: Scene) -> str:
    scene.declare(constant_outputs={"y": "so it is meant"})
    graph, given = _start()
    _write(scene, graph, given, y=graph.const("debug/score", [[0.5]]))
    return "debug/score"


def twin_g01_one_score_declared_constant(scene: Scene) -> None:
    scene.declare(constant_outputs={"spread": "so it is meant"})
    graph, given = _start()
    dead = graph.const("spare", [[0.0]])
    _write(scene, graph, given, y=_scaled(graph, given), spread=dead)


@advisory
def mutant_g01_labels_beside_scores(scene: Scene) -> str:
    graph, given = _start()
    labels = graph.const("labels", ["cheap", "dear"], "string")
    _write(scene, graph, given, y=_scaled(graph, given), labels=labels)
    return "'labels'"


def twin_g01_constant_added(scene: Scene) -> None:
    graph, given = _start()
    shifted = graph.add(_scaled(graph, given), graph.const("debug/score", 0.5), name="answer")
    _write(scene, graph, given, y=shifted)


def twin_g01_ones_times_the_input(scene: Scene) -> None:
    graph, given = _start()
    ones = column(graph, "OnesLike", "ones", given)
    _write(scene, graph, given, y=graph.multiply(ones, given, name="answer"))


def mutant_g03_iterator_for_the_input(scene: Scene) -> str:
    graph, given = _start()
    _write(scene, graph, given, y=_scaled(graph, iterator(graph)))
    return "source"


def mutant_g03_file_for_the_input(scene: Scene) -> str:
    graph, given = _start()
    file = graph.op("ReadFile", "read", [graph.const("path", "x.txt", "string")], dtype="string")
    number = graph.op("StringToNumber", "number", [file], dtype="float32", out_type="float32")
    _write(scene, graph, given, y=number)
    return "path"


def twin_g03_iterator_beside_the_input(scene: Scene) -> None:
    graph, given = _start()
    answer = graph.add(_scaled(graph, given), iterator(graph), name="answer")
    _write(scene, graph, given, y=answer)


def _looked_up(graph: Graph, key: Tensor) -> Tensor:
    table = graph.op(
        "HashTableV2", "table", dtype="resource", key_dtype="string", value_dtype="float32"
    )
    default = graph.const("default", 0.0)
    inputs = [table, key, default]
    return graph.op(
        "LookupTableFindV2", "found", inputs, dtype="float32", Tin="string", Tout="float32"
    )


def mutant_g10_stub_shaped_like_the_input(scene: Scene) -> str:
    graph, given = _start()
    shape = graph.op("Shape", "shape", [given], dtype="int32", T="float32", out_type="int32")
    half = graph.const("stub", 0.5)
    stub = graph.op(
        "Fill", "answer", [shape, half], dtype="float32", T="float32", index_type="int32"
    )
    _write(scene, graph, given, y=stub)
    return "shape"


def mutant_g10_lookup_by_a_fixed_key(scene: Scene) -> str:
    graph, given = _start()
    _write(scene, graph, given, y=_looked_up(graph, graph.const("key", ["demo"], "string")))
    return "key"


def twin_g10_lookup_by_the_input(scene: Scene) -> None:
    graph = Graph()
    given = graph.placeholder("given", "string")
    _write(scene, graph, given, y=_looked_up(graph, given))
