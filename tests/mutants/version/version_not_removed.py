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


def mutant_v16_pinned_one_below_the_highest_deleted(scene: Scene) -> str:
    scene.production("specific { versions: 1 versions: 2 }")
    scene.released("1", "2")
    scene.repo.delete(f"{BASE_PATH}/1")
    return "the policy at deploy/models.config:5 still names it"


def mutant_v16_highest_deleted_of_two_that_are_pinned(scene: Scene) -> str:
    scene.production("specific { versions: 1 versions: 2 }")
    scene.released("1", "2")
    scene.repo.delete(f"{BASE_PATH}/2")
    return "deploy/models.config:5"


def _labelled(scene: Scene, version: int) -> None:
    scene.production(f'all {{ }} }} version_labels {{ key: "stable" value: {version}')


def mutant_v16_labelled_one_deleted(scene: Scene) -> str:
    _labelled(scene, 1)
    scene.released("1", "2")
    scene.repo.delete(f"{BASE_PATH}/1")
    return "the label 'stable' at deploy/models.config:5"


def twin_v16_label_moved_before_the_deletion(scene: Scene) -> None:
    _labelled(scene, 1)
    scene.released("1", "2")
    scene.repo.delete(f"{BASE_PATH}/1")
    _labelled(scene, 2)


def twin_v16_loaded_beside_the_answering_one(scene: Scene) -> None:
    scene.production("latest { num_versions: 2 }")
    scene.released("1", "2")
    scene.repo.delete(f"{BASE_PATH}/1")


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
