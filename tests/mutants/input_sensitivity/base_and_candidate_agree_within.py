"""Versions that were to answer as before."""

from __future__ import annotations

from tests.support.scenes import Scene


def _agreed(scene: Scene, relative: float) -> None:
    scene.declare(agree_within={"relative": relative, "absolute": 0.0})
    scene.released("1")


def mutant_f02_answers_stray(scene: Scene) -> str:
    _agreed(scene, 0.01)
    scene.model("2", weight=2.5)
    return "within 0.01 of the output's size"


def twin_f02_answers_stay_near(scene: Scene) -> None:
    _agreed(scene, 0.01)
    scene.model("2", weight=2.001)


def mutant_f02_quantised_too_far(scene: Scene) -> str:
    _agreed(scene, 0.001)
    scene.model("2", weight=2.01)
    return "strays from the base version"


def twin_f02_quantised_as_agreed(scene: Scene) -> None:
    _agreed(scene, 0.5)
    scene.model("2", weight=2.5)
