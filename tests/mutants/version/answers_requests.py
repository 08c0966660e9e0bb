"""Models that load and answer nothing."""

from __future__ import annotations

from pathlib import Path

from tests.support.scenes import BASE_PATH, Scene
from tests.support.tinymodels import Graph, Signature, saved_model

_WORDS = ["good", "bad", "fair"]


def _with_table(directory: Path, *, initialised: bool) -> None:
    """A model that looks words up in a table, and the node that fills it."""
    graph = Graph()
    given = graph.placeholder("given", "string")
    table = graph.op(
        "HashTableV2",
        "table",
        dtype="resource",
        key_dtype="string",
        value_dtype="int64",
        shared_name=b"table",
    )
    words = graph.const("words", _WORDS, "string")
    ids = graph.const("ids", [1, 2, 3], "int64")
    filling = [table, words, ids]
    graph.op("InitializeTableV2", "fill", filling, dtype="int64", Tkey="string", Tval="int64")
    unknown = graph.const("unknown", 0, "int64")
    found = graph.op(
        "LookupTableFindV2",
        "found",
        [table, given, unknown],
        dtype="int64",
        shape=(None, 1),
        Tin="string",
        Tout="int64",
    )
    message = saved_model(graph, [Signature(inputs={"word": given}, outputs={"id": found})])
    if initialised:
        signatures = message.meta_graphs[0].signature_def
        signatures["__saved_model_init_op"].outputs["__saved_model_init_op"].name = "fill"
    directory.mkdir(parents=True)
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())


def mutant_s03_table_never_initialised(scene: Scene) -> str:
    scene.released("1")
    _with_table(scene.version("2"), initialised=False)
    return f"{BASE_PATH}/2"


def mutant_s03_table_never_initialised_in_the_first_version(scene: Scene) -> str:
    scene.branch_off()
    _with_table(scene.version("1"), initialised=False)
    return "Table not initialized"


def twin_s03_table_that_the_loader_fills(scene: Scene) -> None:
    scene.released("1")
    _with_table(scene.version("2"), initialised=True)
