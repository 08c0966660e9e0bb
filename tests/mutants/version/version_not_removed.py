"""Served versions that disappear."""

from __future__ import annotations

from tests.support.scenes import BASE_PATH, Scene


def mutant_v16_highest_deleted(scene: Scene) -> str:
    scene.released("1", "2")
    scene.repo.delete(f"{BASE_PATH}/2")
    return f"{BASE_PATH}/2"


def mutant_v16_only_one_deleted(scene: Scene) -> str:
    scene.released("1")
    scene.repo.delete(f"{BASE_PATH}/1")
    return f"{BASE_PATH}/1"


def mutant_v16_pinned_one_deleted(scene: Scene) -> str:
    scene.production("specific { versions: 2 }")
    scene.released("1", "2", "3")
    scene.repo.delete(f"{BASE_PATH}/2")
    return f"{BASE_PATH}/2"


def mutant_v16_renamed_to_a_name(scene: Scene) -> str:
    scene.released("1", "2")
    scene.repo.move(f"{BASE_PATH}/2", f"{BASE_PATH}/disabled-2")
    return f"{BASE_PATH}/2"


def mutant_v16_replaced_by_a_lower_number(scene: Scene) -> str:
    scene.released("1", "5")
    scene.repo.delete(f"{BASE_PATH}/5")
    scene.model("4")
    return f"{BASE_PATH}/5"


def twin_v16_old_version_cleaned_up(scene: Scene) -> None:
    scene.released("1", "2")
    scene.repo.delete(f"{BASE_PATH}/1")


def twin_v16_replaced_by_a_higher_number(scene: Scene) -> None:
    scene.released("1", "2")
    scene.repo.delete(f"{BASE_PATH}/2")
    scene.model("3")


def twin_v16_rolled_back_in_the_configuration(scene: Scene) -> None:
    scene.production()
    scene.released("1", "2")
    scene.repo.delete(f"{BASE_PATH}/2")
    scene.production("specific { versions: 1 }")


def twin_v16_unserved_version_deleted(scene: Scene) -> None:
    scene.production("specific { versions: 1 }")
    scene.released("1", "2")
    scene.repo.delete(f"{BASE_PATH}/2")
