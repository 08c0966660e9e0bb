"""Models that answer with what earlier requests left behind."""

from __future__ import annotations

from tests.support.checkpoints import variables, write_trained_model
from tests.support.scenes import Scene, advisory
from tests.support.tinymodels import Graph, Signature, Tensor, data_type


def _write(scene: Scene, name: str, *, share: float, read: bool = True) -> None:
    """Writes `y = x + share * (what was asked before)`, or the same without the memory's share."""
    graph = Graph()
    given = graph.placeholder("given")
    variables(graph, {"last": 0.0})
    handle = Tensor(node="last", dtype="resource", shape=())
    before = graph.op("ReadVariableOp", "before", [handle], dtype="float32", shape=())
    graph.definition.node[-1].attr["dtype"].type = data_type("float32")
    axes = graph.const("axes", [0, 1], "int32")
    asked = graph.op(
        "Mean", "asked", [given, axes], dtype="float32", shape=(), T="float32", Tidx="int32"
    )
    graph.op("AssignVariableOp", "keep", [handle, asked], dtype="float32", control=["before"])
    graph.definition.node[-1].attr["dtype"].type = data_type("float32")
    remembered = graph.multiply(before, graph.const("share", share), name="remembered")
    answer = graph.add(given, remembered if read else graph.const("none", 0.0), name="answer")
    kept = graph.op(
        "Identity", "y", [answer], dtype="float32", shape=(None, 1), control=["keep"], T="float32"
    )
    signature = Signature(inputs={"x": given}, outputs={"y": kept})
    write_trained_model(scene.version(name), graph, [signature], {"last": 0.0})


@advisory
def mutant_n02_the_request_before_is_remembered(scene: Scene) -> str:
    scene.released("1")
    _write(scene, "2", share=0.5)
    return "It depends on 'last', which requests write."


@advisory
def mutant_n02_the_base_version_remembers_too(scene: Scene) -> str:
    _write(scene, "1", share=0.25)
    scene.branch_off()
    _write(scene, "2", share=0.5)
    return "The base version's does too."


@advisory
def mutant_n02_a_declaration_that_is_outlived(scene: Scene) -> str:
    scene.declare(stateful={"y": "so it is meant"})
    scene.released("1")
    scene.model("2")
    return "which needs it no longer"


@advisory
def mutant_n02_a_declaration_of_no_output(scene: Scene) -> str:
    scene.declare(stateful={"yy": "so it is meant"})
    scene.released("1")
    scene.model("2")
    return "'yy'"


def twin_n02_the_request_before_is_kept_and_not_read(scene: Scene) -> None:
    scene.released("1")
    _write(scene, "2", share=0.5, read=False)


def twin_n02_a_memory_that_is_declared(scene: Scene) -> None:
    scene.declare(stateful={"y": "so it is meant"})
    scene.released("1")
    _write(scene, "2", share=0.5)
