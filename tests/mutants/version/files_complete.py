"""Version directories with files that are not the files themselves."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.changes import pointer_to
from tests.support.scenes import BASE_PATH, Scene
from tests.support.wholeversions import (
    FIRST_SHARD,
    VOCABULARY,
    released_with_weights,
    write_vocabulary_model,
)


def _to_pointer(file: Path) -> None:
    file.write_text(pointer_to(file.read_bytes()), "utf-8")


def mutant_p01_pointer_for_the_graph(scene: Scene) -> str:
    _to_pointer(released_with_weights(scene) / "saved_model.pb")
    return f"{BASE_PATH}/2/saved_model.pb"


def mutant_p01_pointer_for_a_shard(scene: Scene) -> str:
    _to_pointer(released_with_weights(scene) / FIRST_SHARD)
    return f"{BASE_PATH}/2/{FIRST_SHARD}"


def mutant_p01_pointer_for_the_vocabulary(scene: Scene) -> str:
    scene.released("1")
    write_vocabulary_model(scene.version("2"), pointer_to(b"good\nbad\n"))
    return f"{BASE_PATH}/2/{VOCABULARY}"


def mutant_p01_pointer_that_a_merge_has_mangled(scene: Scene) -> str:
    pointer = pointer_to(b"weights").replace("oid", "<<<<<<< HEAD\noid")
    (released_with_weights(scene) / FIRST_SHARD).write_text(pointer, "utf-8")
    return f"{BASE_PATH}/2/{FIRST_SHARD}"


def twin_p01_content(scene: Scene) -> None:
    released_with_weights(scene)


def twin_p01_text_about_pointers(scene: Scene) -> None:
    version = released_with_weights(scene)
    (version / "README.md").write_text(f"What LFS writes:\n\n{pointer_to(b'weights')}", "utf-8")


def twin_p01_content_of_a_declared_file(scene: Scene) -> None:
    released_with_weights(scene)
    scene.write(".gitattributes", "*.md filter=lfs\n")


def mutant_p03_graph_cut_short(scene: Scene) -> str:
    os.truncate(released_with_weights(scene) / "saved_model.pb", 200)
    return f"{BASE_PATH}/2/saved_model.pb"


def twin_p03_graph_written_anew(scene: Scene) -> None:
    graph = released_with_weights(scene) / "saved_model.pb"
    # A message with one more field that nobody knows is as whole as it was.
    graph.write_bytes(graph.read_bytes() + bytes((0xC2, 0x3E, 1, 0)))


def mutant_p07_link_that_leads_nowhere(scene: Scene) -> str:
    shard = released_with_weights(scene) / FIRST_SHARD
    shard.unlink()
    shard.symlink_to("../../weights/gone")
    return f"{BASE_PATH}/2/{FIRST_SHARD}"


def mutant_p07_link_out_of_the_tree(scene: Scene) -> str:
    scene.write("training/vocabulary.txt", "good\nbad\n")
    scene.released("1")
    assets = write_vocabulary_model(scene.version("2"), None) / "assets"
    (assets / "vocabulary.txt").symlink_to("../../../../training/vocabulary.txt")
    return f"{BASE_PATH}/2/{VOCABULARY}"


def mutant_p07_absolute_link(scene: Scene) -> str:
    version = released_with_weights(scene)
    (version / "assets").mkdir()
    (version / "assets" / "passwords").symlink_to("/etc/passwd")
    return f"{BASE_PATH}/2/assets/passwords"


def twin_p07_link_to_the_version_before(scene: Scene) -> None:
    write_vocabulary_model(scene.version("1"), "good\nbad\n")
    scene.branch_off()
    assets = write_vocabulary_model(scene.version("2"), None) / "assets"
    (assets / "vocabulary.txt").symlink_to("../../1/assets/vocabulary.txt")
