"""Classifiers that favour one class for everybody."""

from __future__ import annotations

from tests.support.classifiers import numbers, write_classifier
from tests.support.scenes import Scene, advisory


def mutant_g11_one_class_always_wins(scene: Scene) -> str:
    scene.examples(numbers(24))
    write_classifier(scene.version("1"))
    scene.branch_off()
    write_classifier(scene.version("2"), biases=(0.0, 40.0, 0.0))
    return "'scores' favours class 1 for all 24 plausible inputs"


@advisory
def mutant_g11_on_made_up_inputs_alone(scene: Scene) -> str:
    steep = (-1e3, 0.0, 1e3)
    write_classifier(scene.version("1"), factors=steep, biases=(20.0, 0.0, -600.0))
    scene.branch_off()
    write_classifier(scene.version("2"), factors=steep, biases=(0.0, 1e7, 0.0))
    return "made-up inputs"


def twin_g11_another_class_is_more_frequent(scene: Scene) -> None:
    scene.examples(numbers(24))
    write_classifier(scene.version("1"))
    scene.branch_off()
    write_classifier(scene.version("2"), biases=(0.0, 3.0, 0.0))


def twin_g11_few_examples_that_the_base_version_tells_apart(scene: Scene) -> None:
    scene.examples(numbers(8))
    write_classifier(scene.version("1"), biases=(0.0, 1.0, 0.0))
    scene.branch_off()
    write_classifier(scene.version("2"), biases=(0.0, 40.0, 0.0))
