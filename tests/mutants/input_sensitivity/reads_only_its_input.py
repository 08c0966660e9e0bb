"""Graphs that read other data beside the request."""

from __future__ import annotations

from collections.abc import Callable

from servegate.savedmodel.protos import SavedModel
from tests.support.elsewhere import file, iterator, queue
from tests.support.scenes import BASE_PATH, Scene, advisory
from tests.support.tinymodels import Graph, Signature, Tensor, write_saved_model

_Layer = Callable[[Graph, Tensor], Tensor]


def _write(scene: Scene, name: str, layer: _Layer) -> None:
    graph = Graph()
    given = graph.placeholder("given")
    signature = Signature(inputs={"x": given}, outputs={"y": layer(graph, given)})
    write_saved_model(scene.version(name), graph, [signature])


def _beside(graph: Graph, given: Tensor) -> Tensor:
    return graph.add(given, iterator(graph), name="answer")


def mutant_g03_iterator_beside_the_input(scene: Scene) -> str:
    scene.released("1")
    _write(scene, "2", _beside)
    return "reads rows of a data set"


def mutant_g03_queue_beside_the_input(scene: Scene) -> str:
    scene.released("1")
    _write(scene, "2", lambda graph, given: graph.add(given, queue(graph), name="answer"))
    return "QueueDequeueV2"


def mutant_x03_file_beside_the_input(scene: Scene) -> str:
    scene.released("1")
    _write(scene, "2", lambda graph, given: graph.add(given, file(graph, "x"), name="answer"))
    return "reads files while it answers (ReadFile)"


@advisory
def mutant_g03_iterator_in_the_first_version(scene: Scene) -> str:
    scene.branch_off()
    _write(scene, "1", _beside)
    return f"{BASE_PATH}/1"


@advisory
def mutant_g03_iterator_in_the_base_version_too(scene: Scene) -> str:
    _write(scene, "1", _beside)
    scene.branch_off()
    _write(scene, "2", lambda graph, given: graph.add(iterator(graph), given, name="answer"))
    return "The base version's does so too."


def twin_g03_iterator_left_unused(scene: Scene) -> None:
    def layer(graph: Graph, given: Tensor) -> Tensor:
        iterator(graph)
        return graph.identity(given, name="answer")

    scene.released("1")
    _write(scene, "2", layer)


def twin_x03_file_that_is_an_asset(scene: Scene) -> None:
    scene.released("1")
    _write(scene, "2", lambda graph, given: graph.add(given, file(graph, "x"), name="answer"))
    graph_file = scene.version("2") / "saved_model.pb"
    message = SavedModel.FromString(graph_file.read_bytes())
    message.meta_graphs[0].asset_file_def.add(filename="x").tensor_info.name = "path:0"
    graph_file.write_bytes(message.SerializeToString())
    (scene.version("2") / "assets").mkdir()
    (scene.version("2") / "assets" / "x").write_text("2.5", "utf-8")


def twin_x03_name_of_a_file_is_a_constant(scene: Scene) -> None:
    def layer(graph: Graph, given: Tensor) -> Tensor:
        graph.const("path", "/data/train/part-0.tfrecord", "string")
        return graph.identity(given, name="answer")

    scene.released("1")
    _write(scene, "2", layer)
