"""Numbers that are not the highest."""

from __future__ import annotations

from tests.support.scenes import BASE_PATH, NAME, Scene
from tests.support.tinymodels import write_model


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


def _moves_to_the_store(scene: Scene) -> None:
    scene.repo.move(BASE_PATH, f"store/{NAME}")
    scene.configure(models=[{"name": NAME, "path": f"store/{NAME}"}])


def mutant_v02_below_as_the_tree_moves(scene: Scene) -> str:
    scene.configure()
    scene.released("5")
    scene.model("4")
    _moves_to_the_store(scene)
    return f"store/{NAME}/4"


def mutant_v02_below_what_was_not_fetched(scene: Scene) -> str:
    scene.write(".gitignore", "models/\nin-production/\n")
    scene.repo.file("in-production").mkdir()
    model = {"name": NAME, "path": BASE_PATH, "baseline": "in-production"}
    scene.configure(models=[model])
    scene.branch_off()
    write_model(scene.repo.file("in-production/5"))
    scene.model("4")
    return "production already has 5"


def twin_v02_above_as_the_tree_moves(scene: Scene) -> None:
    scene.configure()
    scene.released("5")
    scene.model("6")
    _moves_to_the_store(scene)


def twin_v02_lower_number_that_answers_by_label(scene: Scene) -> None:
    label = 'version_labels { key: "b" value: 4'
    flags = ["--allow_version_labels_for_unavailable_models=true"]
    scene.production("all { }", flags=flags)
    scene.released("5")
    scene.model("4")
    scene.production(f"all {{ }} }} {label}", flags=flags)


def twin_v02_epoch_after_small_numbers(scene: Scene) -> None:
    scene.released("1", "2")
    scene.model("1538687457")


def twin_v02_jump(scene: Scene) -> None:
    scene.released("9")
    scene.model("10")


def twin_v02_highest_number_taken_away(scene: Scene) -> None:
    scene.released("5")
    scene.repo.delete(f"{BASE_PATH}/5")
    scene.model("4")
