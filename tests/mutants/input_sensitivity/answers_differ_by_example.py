"""Classifiers that give one class to examples of several."""

from __future__ import annotations

from collections.abc import Iterable

from tests.support.classifiers import numbers, write_classifier
from tests.support.scenes import Scene, advisory

_ONE_HOT = ([0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8])


def _recorded(count: int, version: str = "1") -> Iterable[dict[str, object]]:
    """Examples whose recorded classes take turns."""
    for number, one in enumerate(numbers(count)):
        yield {**one, "outputs": {"scores": _ONE_HOT[number % 3]}, "for_version": version}


def _candidate(scene: Scene, middle: float) -> None:
    write_classifier(scene.version("1"))
    scene.branch_off()
    write_classifier(scene.version("2"), biases=(0.0, middle, 0.0))


def mutant_g11_one_class_for_all_examples(scene: Scene) -> str:
    scene.examples(_recorded(12))
    _candidate(scene, 40.0)
    return "favours class 1 of 'scores' for all 12 examples"


def mutant_g11_one_class_for_two_examples_of_its_own(scene: Scene) -> str:
    scene.examples(_recorded(2, version="2"))
    _candidate(scene, 40.0)
    return "for all 2 examples"


@advisory
def mutant_g11_one_class_for_few_examples(scene: Scene) -> str:
    scene.examples(_recorded(4))
    _candidate(scene, 40.0)
    return "for all 4 examples"


def twin_g11_retrained(scene: Scene) -> None:
    scene.examples(_recorded(12))
    _candidate(scene, 0.75)
