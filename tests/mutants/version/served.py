"""Versions that are loaded, or could be, while another one answers."""

from __future__ import annotations

from pathlib import Path

from tests.support.checkpoints import variables, write_trained_model
from tests.support.scenes import Scene
from tests.support.tinymodels import Graph, Signature, Tensor, data_type


def _write_counter(directory: Path, start: float) -> None:
    """A model that adds the number of its requests to every answer."""
    graph = Graph()
    given = graph.placeholder("given")
    weights = {"count": start}
    variables(graph, weights)
    handle = Tensor(node="count", dtype="resource", shape=())
    one = graph.const("one", 1.0)
    graph.op("AssignAddVariableOp", "step", [handle, one], dtype="float32")
    graph.definition.node[-1].attr["dtype"].type = data_type("float32")
    counted = graph.op("ReadVariableOp", "counted", [handle], dtype="float32", control=["step"])
    graph.definition.node[-1].attr["dtype"].type = data_type("float32")
    answer = graph.add(given, counted, name="answer")
    signature = Signature(inputs={"x": given}, outputs={"y": answer})
    write_trained_model(directory, graph, [signature], weights)


def mutant_v06_old_number_pinned(scene: Scene) -> str:
    scene.production("specific { versions: 1 }")
    scene.released("1")
    scene.model("2")
    return "deploy/models.config:5"


def twin_v06_pin_moved(scene: Scene) -> None:
    scene.production("specific { versions: 1 }")
    scene.released("1")
    scene.model("2")
    scene.production("specific { versions: 2 }")


def mutant_v18_all_versions_and_a_higher_one_answers(scene: Scene) -> str:
    scene.production("all { }")
    scene.released("5")
    scene.model("4")
    return "Version 5 answers, 4 was expected"


def mutant_v18_latest_two_and_a_higher_one_answers(scene: Scene) -> str:
    scene.production("latest { num_versions: 2 }")
    scene.released("1", "5")
    scene.model("4")
    return "version 5"


def mutant_v18_lower_number_in_the_tree(scene: Scene) -> str:
    scene.released("1538687457")
    scene.model("2")
    return "Version 1538687457 answers, 2 was expected"


def twin_v18_all_versions(scene: Scene) -> None:
    scene.production("all { }")
    scene.released("4")
    scene.model("5")


def twin_v18_latest_two(scene: Scene) -> None:
    scene.production("latest { num_versions: 2 }")
    scene.released("1", "4")
    scene.model("5")


def twin_v18_model_that_counts_its_requests(scene: Scene) -> None:
    _write_counter(scene.version("1"), 0.0)
    scene.branch_off()
    _write_counter(scene.version("2"), 100.0)
