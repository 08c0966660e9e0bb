"""Version directories with everything in them, for scenes that take something away."""

from __future__ import annotations

from pathlib import Path

from tests.support.checkpoints import write_linear_model
from tests.support.scenes import Scene
from tests.support.tinymodels import Graph, Signature, saved_model

INDEX = "variables/variables.index"
FIRST_SHARD = "variables/variables.data-00000-of-00002"
VOCABULARY = "assets/vocabulary.txt"


def released_with_weights(scene: Scene) -> Path:
    """Production has version 1; the change adds a whole version 2, whose place is returned."""
    write_linear_model(scene.version("1"))
    scene.branch_off()
    return write_linear_model(scene.version("2"), weight=7.0, shards=2)


def write_vocabulary_model(directory: Path, content: str | None) -> Path:
    """A model that reads `assets/vocabulary.txt` when it is loaded; None leaves the file out."""
    graph = Graph()
    given = graph.placeholder("given")
    path = graph.const("path", "", "string")
    graph.op("ReadFile", "words", [path], dtype="string", shape=())
    answer = graph.multiply(given, graph.const("weight", 2.0), name="answer")
    message = saved_model(graph, [Signature(inputs={"x": given}, outputs={"y": answer})])
    (meta_graph,) = message.meta_graphs
    asset = meta_graph.asset_file_def.add(filename="vocabulary.txt")
    asset.tensor_info.name = path.name
    meta_graph.collection_def["saved_model_main_op"].node_list.value.append("words")
    (directory / "assets").mkdir(parents=True)
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())
    if content is not None:
        (directory / VOCABULARY).write_text(content, "utf-8")
    return directory
