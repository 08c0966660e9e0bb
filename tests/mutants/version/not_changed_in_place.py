"""Versions that are overwritten under their old number."""

from __future__ import annotations

from tests.support.checkpoints import write_checkpoint
from tests.support.scenes import BASE_PATH, NAME, Scene
from tests.support.tinymodels import write_model


def mutant_v04_graph(scene: Scene) -> str:
    scene.released("1")
    scene.model("1", weight=7.0)
    return f"{BASE_PATH}/1/saved_model.pb"


def mutant_v04_weights(scene: Scene) -> str:
    write_checkpoint(scene.version("1"), {"weight": [1.0]})
    scene.released("1")
    write_checkpoint(scene.version("1"), {"weight": [2.0]})
    return "variables/variables.index"


def mutant_v04_vocabulary(scene: Scene) -> str:
    scene.write(f"{BASE_PATH}/1/assets/vocabulary.txt", "good\nbad\n")
    scene.released("1")
    scene.write(f"{BASE_PATH}/1/assets/vocabulary.txt", "bad\ngood\n")
    return "assets/vocabulary.txt"


def mutant_v04_weights_taken_out(scene: Scene) -> str:
    write_checkpoint(scene.version("1"), {"weight": [1.0]})
    scene.released("1")
    scene.repo.git("rm", "-r", "-f", "--quiet", "--", f"{BASE_PATH}/1/variables")
    return "variables/variables.index"


def mutant_v04_beside_a_new_version(scene: Scene) -> str:
    scene.released("1")
    scene.model("1", weight=7.0)
    scene.model("2", weight=8.0)
    return f"{BASE_PATH}/1/saved_model.pb"


def mutant_v04_link_that_leads_elsewhere(scene: Scene) -> str:
    write_model(scene.repo.file("store/a"), weight=2.0)
    write_model(scene.repo.file("store/b"), weight=3.0)
    scene.repo.link(f"{BASE_PATH}/1", "../../store/a")
    scene.configure()
    scene.branch_off()
    scene.version("1").unlink()
    scene.repo.link(f"{BASE_PATH}/1", "../../store/b")
    return f"{BASE_PATH}/1"


def mutant_v04_fetched_under_the_number_that_production_has(scene: Scene) -> str:
    scene.write(".gitignore", "models/\nin-production/\n")
    scene.repo.file("in-production").mkdir()
    model = {"name": NAME, "path": BASE_PATH, "baseline": "in-production"}
    scene.configure(models=[model])
    scene.branch_off()
    write_model(scene.repo.file("in-production/5"), weight=2.0)
    scene.model("5", weight=3.0)
    return f"{BASE_PATH}/5/saved_model.pb"


def mutant_v04_as_the_tree_moves(scene: Scene) -> str:
    scene.configure()
    scene.released("1")
    scene.model("1", weight=7.0)
    scene.repo.move(BASE_PATH, f"store/{NAME}")
    scene.configure(models=[{"name": NAME, "path": f"store/{NAME}"}])
    return f"store/{NAME}/1/saved_model.pb"


def twin_v04_version_that_production_has_not_loaded(scene: Scene) -> None:
    scene.production("specific { versions: 1 }")
    scene.released("1", "2")
    scene.model("2", weight=7.0)


def twin_v04_tree_that_moves(scene: Scene) -> None:
    scene.configure()
    scene.released("1")
    scene.repo.move(BASE_PATH, f"store/{NAME}")
    scene.configure(models=[{"name": NAME, "path": f"store/{NAME}"}])


def twin_v04_next_number(scene: Scene) -> None:
    scene.released("1")
    scene.model("2")


def twin_v04_documentation(scene: Scene) -> None:
    scene.write(f"{BASE_PATH}/1/README.md", "Trained in May.\n")
    scene.released("1")
    scene.write(f"{BASE_PATH}/1/README.md", "Trained in May, on the whole year.\n")


def twin_v04_recorded_examples(scene: Scene) -> None:
    scene.released("1")
    scene.write(f"{BASE_PATH}/1/assets.extra/servegate_examples.jsonl", '{"inputs": {"x": [1]}}\n')
