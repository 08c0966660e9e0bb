"""Numbers that are not the highest."""

from __future__ import annotations

from tests.support.scenes import BASE_PATH, Scene


def mutant_v02_small_number_after_an_epoch(scene: Scene) -> str:
    scene.released("1538687457")
    scene.model("2")
    return f"{BASE_PATH}/2"


def mutant_v02_fewer_digits(scene: Scene) -> str:
    scene.released("10")
    scene.model("9")
    return "above 10"


def mutant_v02_renamed_below(scene: Scene) -> str:
    scene.released("3", "5")
    scene.repo.move(f"{BASE_PATH}/3", f"{BASE_PATH}/4")
    return f"{BASE_PATH}/4"


def twin_v02_epoch_after_small_numbers(scene: Scene) -> None:
    scene.released("1", "2")
    scene.model("1538687457")


def twin_v02_jump(scene: Scene) -> None:
    scene.released("9")
    scene.model("10")


def twin_v02_lower_number_that_the_policy_names(scene: Scene) -> None:
    scene.production("specific { versions: 5 }")
    scene.released("5")
    scene.model("4")
    scene.production("specific { versions: 4 }")


def twin_v02_highest_number_taken_away(scene: Scene) -> None:
    scene.released("5")
    scene.repo.delete(f"{BASE_PATH}/5")
    scene.model("4")
