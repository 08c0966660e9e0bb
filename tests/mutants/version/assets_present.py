"""Graphs that read what is not there."""

from __future__ import annotations

from pathlib import Path

from tests.support.scenes import BASE_PATH, NAME, Scene, advisory
from tests.support.tinymodels import Graph, Signature, Tensor, saved_model
from tests.support.wholeversions import VOCABULARY, write_vocabulary_model

_TRAINERS = "/home/ci/export/words.txt"


def mutant_p04_vocabulary_missing(scene: Scene) -> str:
    scene.released("1")
    write_vocabulary_model(scene.version("2"), None)
    return f"{BASE_PATH}/2/{VOCABULARY}"


def mutant_p04_vocabulary_under_another_name(scene: Scene) -> str:
    scene.released("1")
    assets = write_vocabulary_model(scene.version("2"), "good\nbad\n") / "assets"
    (assets / "vocabulary.txt").rename(assets / "vocab.txt")
    return f"{BASE_PATH}/2/{VOCABULARY}"


def twin_p04_vocabulary(scene: Scene) -> None:
    scene.released("1")
    write_vocabulary_model(scene.version("2"), "good\nbad\n")


def twin_p04_empty_vocabulary(scene: Scene) -> None:
    scene.released("1")
    write_vocabulary_model(scene.version("2"), "")


def _write_reader(directory: Path, *path: str, op: str = "ReadFile", asked: bool = False) -> Path:
    """A model that opens a file when it is loaded, or (`asked`) for every request."""
    graph = Graph()
    given = graph.placeholder("given")
    parts = [graph.const(f"part{number}", part, "string") for number, part in enumerate(path)]
    joined = parts[0]
    if len(parts) > 1:
        joined = graph.op("StringJoin", "path", parts, dtype="string", shape=(), N=len(parts))
    read = graph.op(op, "words", [joined], dtype="string", shape=())
    answer = _after(graph, given, read if asked else None)
    message = saved_model(graph, [Signature(inputs={"x": given}, outputs={"y": answer})])
    if not asked:
        loaded = message.meta_graphs[0].collection_def["saved_model_main_op"]
        loaded.node_list.value.append(read.node)
    directory.mkdir(parents=True)
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())
    return directory


def _after(graph: Graph, given: Tensor, before: Tensor | None) -> Tensor:
    return graph.op(
        "Neg",
        "answer",
        [given],
        dtype="float32",
        shape=(None, 1),
        T="float32",
        control=[before.node] if before else [],
    )


def mutant_p05_file_that_is_read_while_loading(scene: Scene) -> str:
    scene.released("1")
    _write_reader(scene.version("2"), _TRAINERS)
    return f"ReadFile at node words opens {_TRAINERS}"


def mutant_p05_file_that_is_read_for_requests(scene: Scene) -> str:
    scene.released("1")
    _write_reader(scene.version("2"), _TRAINERS, asked=True)
    return "for requests to signature 'serving_default'"


def mutant_p05_path_put_together(scene: Scene) -> str:
    scene.released("1")
    _write_reader(scene.version("2"), "/home/ci/export/", "words.txt")
    return _TRAINERS


@advisory
def mutant_p05_path_that_the_base_version_opens_too(scene: Scene) -> str:
    _write_reader(scene.version("1"), _TRAINERS)
    scene.branch_off()
    _write_reader(scene.version("2"), _TRAINERS, asked=True)
    return "The base version opens it too."


@advisory
def mutant_p05_relative_path(scene: Scene) -> str:
    scene.released("1")
    _write_reader(scene.version("2"), "data/words.txt")
    return "the server's working directory"


def twin_p05_path_that_is_only_put_together(scene: Scene) -> None:
    scene.released("1")
    _write_reader(scene.version("2"), _TRAINERS, op="StringLower")


def twin_p05_file_of_the_version_where_production_has_it(scene: Scene) -> None:
    scene.released("1")
    version = _write_reader(scene.version("2"), f"/models/{NAME}/2/assets/words.txt")
    (version / "assets").mkdir()
    (version / "assets" / "words.txt").write_text("good\n", "utf-8")


def twin_p05_object_store(scene: Scene) -> None:
    scene.released("1")
    _write_reader(scene.version("2"), "gs://our-bucket/words.txt")
