"""Graphs made of what the server does not have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from servegate.savedmodel.protos import MetaGraphDef, SavedModel
from tests.support.scenes import Scene, advisory, column
from tests.support.tinymodels import Graph, Signature, data_type, saved_model

_FLOAT = data_type("float32")


def _write(directory: Path, op: str, *, named: str = "answer", exporter: str = "2.20.0") -> None:
    """A model whose answer passes an op."""
    graph = Graph()
    given = graph.placeholder("given")
    answer = column(graph, op, named, given)
    _save(directory, graph, Signature(inputs={"x": given}, outputs={"y": answer}), exporter)


def _write_calling(directory: Path, op: str, *, compiled: bool | None = None) -> None:
    """A model whose answer comes from a function with an op in it."""
    graph = Graph()
    given = graph.placeholder("given")
    answer = graph.op("StatefulPartitionedCall", "call", [given], dtype="float32", shape=(None, 1))
    call = graph.definition.node[-1]
    call.attr["f"].func.name = "rank"
    call.attr["Tin"].list.type.append(_FLOAT)
    call.attr["Tout"].list.type.append(_FLOAT)
    if compiled is not None:
        call.attr["_XlaMustCompile"].b = compiled
    function = graph.definition.library.function.add()
    function.signature.name = "rank"
    function.signature.input_arg.add(name="prices", type=_FLOAT)
    function.signature.output_arg.add(name="ranks", type=_FLOAT)
    function.node_def.add(name="inner", op=op, input=["prices"]).attr["T"].type = _FLOAT
    function.ret["ranks"] = "inner:y:0" if op == "Neg" else "inner:activations:0"
    _save(directory, graph, Signature(inputs={"x": given}, outputs={"y": answer}))


def _save(directory: Path, graph: Graph, signature: Signature, exporter: str = "2.20.0") -> None:
    message = saved_model(graph, [signature])
    message.meta_graphs[0].meta_info_def.tensorflow_version = exporter
    directory.mkdir(parents=True)
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())


def mutant_p09_custom_op(scene: Scene) -> str:
    scene.released("1")
    _write(scene.version("2"), "RankPricesV2")
    return "does not know the op RankPricesV2 of node answer"


def mutant_p09_custom_op_in_a_function(scene: Scene) -> str:
    scene.released("1")
    _write_calling(scene.version("2"), "RankPricesV2")
    return "node inner of function rank"


def mutant_p09_op_of_another_device(scene: Scene) -> str:
    scene.released("1")
    graph = Graph()
    given = graph.placeholder("given")
    answer = graph.op(
        "NcclAllReduce",
        "reduced",
        [given],
        dtype="float32",
        shape=(None, 1),
        T="float32",
        reduction=b"sum",
        num_devices=1,
        shared_name=b"all",
    )
    _save(scene.version("2"), graph, Signature(inputs={"x": given}, outputs={"y": answer}))
    return "runs the op NcclAllReduce of node reduced"


def twin_p09_rare_op(scene: Scene) -> None:
    scene.released("1")
    _write(scene.version("2"), "Softplus")


def twin_p09_rare_op_in_a_function(scene: Scene) -> None:
    scene.released("1")
    _write_calling(scene.version("2"), "Softplus")


def mutant_p10_graph_for_newer_readers(scene: Scene) -> str:
    scene.released("1")
    version = scene.version("2")
    _write(version, "Neg", exporter="2.99.0")
    _bend(version, lambda graph: setattr(graph.graph_def.versions, "min_consumer", 100_000))
    return "Serve with TF Serving 2.99 or newer"


def mutant_p10_dtype_of_the_future(scene: Scene) -> str:
    scene.released("1")
    version = scene.version("2")
    _write(version, "Neg", exporter="2.99.0")
    _bend(version, _add_variable_of_the_future)
    return "the graph holds at node later what"


def _add_variable_of_the_future(graph: MetaGraphDef) -> None:
    node = graph.graph_def.node.add(name="later", op="VarHandleOp")
    node.attr["dtype"].type = 99  # type: ignore[assignment]
    node.attr["shape"].shape.dim.add(size=1)


def _bend(version: Path, bend: Callable[[MetaGraphDef], None]) -> None:
    file = version / "saved_model.pb"
    message = SavedModel.FromString(file.read_bytes())
    bend(message.meta_graphs[0])
    file.write_bytes(message.SerializeToString())


def twin_p10_newer_exporter_of_an_old_graph(scene: Scene) -> None:
    scene.released("1")
    _write(scene.version("2"), "Neg", exporter="2.99.0")


def mutant_r06_function_for_xla(scene: Scene) -> str:
    scene.released("1")
    _write_calling(scene.version("2"), "Neg", compiled=True)
    return "node call can only be run by XLA"


@advisory
def mutant_r06_signature_that_the_base_version_refuses_too(scene: Scene) -> str:
    for version in ("1", "2"):
        _write_calling(scene.version(version), "Neg", compiled=True)
        _bend(scene.version(version), _add_plain_signature)
        if version == "1":
            scene.branch_off()
    (scene.version("2") / "README.md").write_text("Another one.\n", "utf-8")
    return "The base version is refused for the same."


def _add_plain_signature(graph: MetaGraphDef) -> None:
    plain = graph.signature_def["plain"]
    plain.CopyFrom(graph.signature_def["serving_default"])
    node = graph.graph_def.node.add(name="plain", op="Neg", input=["given"])
    node.attr["T"].type = _FLOAT
    plain.outputs["y"].name = "plain:0"


def twin_r06_function_that_need_not_be_compiled(scene: Scene) -> None:
    scene.released("1")
    _write_calling(scene.version("2"), "Neg", compiled=False)


def twin_r06_server_that_compiles(scene: Scene) -> None:
    scene.configure(serving={"flags": ["--xla_cpu_compilation_enabled=true"]})
    scene.released("1")
    _write_calling(scene.version("2"), "Neg", compiled=True)
