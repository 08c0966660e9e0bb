"""Releases from which there is no way back."""

from __future__ import annotations

import shutil

from tests.support.scenes import Scene, advisory


@advisory
def mutant_v16_the_version_in_between_is_deleted(scene: Scene) -> str:
    scene.released("1", "2")
    scene.model("3")
    shutil.rmtree(scene.version("2"))
    return "brings version 1 back, and not 2"


def twin_v16_the_oldest_version_is_deleted(scene: Scene) -> None:
    scene.released("1", "2")
    scene.model("3")
    shutil.rmtree(scene.version("1"))


def mutant_v16_the_files_of_the_old_version_are_broken(scene: Scene) -> str:
    scene.released("1")
    scene.model("2")
    (scene.version("1") / "saved_model.pb").write_bytes(b"\xff" * 64)
    return "version 1 does not come back"


def twin_v16_the_old_version_is_deleted_with_the_release(scene: Scene) -> None:
    scene.released("1")
    scene.model("2")
    shutil.rmtree(scene.version("1"))
