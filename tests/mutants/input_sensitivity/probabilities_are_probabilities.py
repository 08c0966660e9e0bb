"""Classifiers that lost their last activation."""

from __future__ import annotations

from tests.support.classifiers import softmax, write_classifier
from tests.support.scenes import Scene, advisory
from tests.support.tinymodels import Graph, Tensor


def _logits(graph: Graph, logits: Tensor) -> Tensor:
    return graph.identity(logits, name="head")


def _twice(graph: Graph, logits: Tensor) -> Tensor:
    found = softmax(graph, logits)
    return graph.add(found, found, name="both")


def _percent(graph: Graph, logits: Tensor) -> Tensor:
    return graph.multiply(softmax(graph, logits), graph.const("of", 100.0), name="percent")


def _cooler(graph: Graph, logits: Tensor) -> Tensor:
    return softmax(graph, graph.multiply(logits, graph.const("inverse", 0.9), name="cooler"))


def mutant_f04_probabilities_are_logits(scene: Scene) -> str:
    write_classifier(scene.version("1"))
    scene.branch_off()
    write_classifier(scene.version("2"), _logits)
    return "'scores' is no distribution"


def mutant_f04_probabilities_sum_to_two(scene: Scene) -> str:
    write_classifier(scene.version("1"))
    scene.branch_off()
    write_classifier(scene.version("2"), _twice)
    return "which add up to 2"


@advisory
def mutant_f04_probabilities_in_percent(scene: Scene) -> str:
    write_classifier(scene.version("1"))
    scene.branch_off()
    write_classifier(scene.version("2"), _percent)
    return "which add up to 100"


def twin_f04_probabilities_have_a_temperature(scene: Scene) -> None:
    write_classifier(scene.version("1"))
    scene.branch_off()
    write_classifier(scene.version("2"), _cooler)


def twin_f04_a_retrained_classifier(scene: Scene) -> None:
    write_classifier(scene.version("1"))
    scene.branch_off()
    write_classifier(scene.version("2"), biases=(0.0, 0.0, 0.1))
