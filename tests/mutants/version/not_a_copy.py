"""New numbers on old files."""

from __future__ import annotations

import shutil

from tests.support.scenes import BASE_PATH, Scene


def mutant_v05_copied_directory(scene: Scene) -> str:
    scene.released("1")
    shutil.copytree(scene.version("1"), scene.version("2"))
    return f"{BASE_PATH}/2"


def mutant_v05_exported_from_the_old_weights(scene: Scene) -> str:
    scene.released("1")
    scene.model("2", weight=2.0)
    return f"{BASE_PATH}/2"


def mutant_v05_link_to_the_old_version(scene: Scene) -> str:
    scene.released("1")
    scene.repo.link(f"{BASE_PATH}/2", "1")
    return f"{BASE_PATH}/2"


def mutant_v05_renamed(scene: Scene) -> str:
    scene.released("1")
    scene.repo.move(f"{BASE_PATH}/1", f"{BASE_PATH}/2")
    return f"{BASE_PATH}/2"


def mutant_v05_copy_of_the_pinned_version(scene: Scene) -> str:
    scene.production("specific { versions: 1 }")
    scene.released("1", "2")
    shutil.copytree(scene.version("1"), scene.version("3"))
    scene.production("specific { versions: 3 }")
    return f"{BASE_PATH}/3"


def twin_v05_retrained(scene: Scene) -> None:
    scene.released("1")
    scene.model("2")


def twin_v05_same_weights_new_vocabulary(scene: Scene) -> None:
    scene.released("1")
    shutil.copytree(scene.version("1"), scene.version("2"))
    scene.write(f"{BASE_PATH}/2/assets/vocabulary.txt", "good\nbad\n")


def twin_v05_older_version_rolled_forward(scene: Scene) -> None:
    scene.released("1", "2")
    shutil.copytree(scene.version("1"), scene.version("3"))
