"""Upgrades after which everything is as it was."""

from __future__ import annotations

from tests.support.scenes import Scene, advisory


@advisory
def mutant_v05_the_old_files_under_a_new_number(scene: Scene) -> str:
    scene.released("1")
    scene.model("2", weight=2.0)
    return "every file is equal"


def twin_v05_new_weights(scene: Scene) -> None:
    scene.released("1")
    scene.model("2", weight=3.0)


def twin_v05_the_old_weights_with_a_word_beside_them(scene: Scene) -> None:
    scene.released("1")
    scene.model("2", weight=2.0)
    (scene.version("2") / "MODEL_CARD.md").write_text("# The second\n")


def twin_v05_two_images(scene: Scene) -> None:
    scene.configure(serving={"rollout": "image"})
    scene.released("1")
    scene.model("2", weight=3.0)
