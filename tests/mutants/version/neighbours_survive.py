"""Other models of production's server that the change takes away, or lets go astray."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.scenes import BASE_PATH, NAME, Scene, advisory
from tests.support.tinymodels import write_model

BESIDE = "rents"
_PATH = f"models/{BESIDE}"


def _entry(name: str, base_path: str = "", more: str = "") -> str:
    place = base_path or f"/models/{name}"
    return f'  config {{ name: "{name}" base_path: "{place}" model_platform: "tensorflow" {more} }}'


def _production(
    scene: Scene, *entries: str, path: str = _PATH, serving: Mapping[str, object] | None = None
) -> None:
    """The own model's entry is line 2, the others follow; without a path there is one model."""
    lines = ["model_config_list {", _entry(NAME), *entries, "}"]
    scene.write("deploy/models.config", "\n".join(lines) + "\n")
    models = [{"name": NAME, "path": BASE_PATH}]
    if path:
        models.append({"name": BESIDE, "path": path})
    scene.configure(
        serving={"model_config": "deploy/models.config", **(serving or {})}, models=models
    )


def _beside(scene: Scene, name: str = "1") -> None:
    write_model(scene.repo.file(f"{_PATH}/{name}"), weight=5.0)


def _two_models(scene: Scene, rollout: str = "volume") -> None:
    """Production has both, and the change brings a version of one."""
    _beside(scene)
    _production(scene, _entry(BESIDE), serving={"rollout": rollout})
    scene.released("1")
    scene.model("2")


def mutant_v14_directory_is_renamed(scene: Scene) -> str:
    _two_models(scene)
    scene.repo.move(_PATH, f"{_PATH}_archived")
    _production(scene, _entry(BESIDE), path=f"{_PATH}_archived")
    return f'base_path: "/{_PATH}_archived"'


def mutant_v14_tree_is_removed_and_its_entry_is_not(scene: Scene) -> str:
    _two_models(scene)
    scene.repo.delete(_PATH)
    _production(scene, _entry(BESIDE), path="")
    return "no new version of any model is picked up"


def mutant_v14_last_version_is_removed(scene: Scene) -> str:
    _two_models(scene)
    scene.write(f"{_PATH}/README.md", "Retired.\n")
    scene.repo.delete(f"{_PATH}/1")
    return f"requests for '{BESIDE}' get 404"


def mutant_v14_last_version_is_removed_before_a_fresh_start(scene: Scene) -> str:
    _two_models(scene, rollout="image")
    scene.write(f"{_PATH}/README.md", "Retired.\n")
    scene.repo.delete(f"{_PATH}/1")
    return "never opens its ports"


def mutant_v14_base_path_becomes_a_version(scene: Scene) -> str:
    _two_models(scene)
    _production(scene, _entry(BESIDE, f"/models/{BESIDE}/1"))
    return "deploy/models.config:3"


def mutant_v14_new_entry_pins_what_is_not_there(scene: Scene) -> str:
    _beside(scene)
    _production(scene)
    scene.released("1")
    scene.model("2")
    pinned = "model_version_policy { specific { versions: 7 } }"
    _production(scene, _entry(BESIDE, more=pinned))
    return "specific { versions: 7 } finds none"


@advisory
def mutant_v14_pinned_what_is_not_there_for_long(scene: Scene) -> str:
    _beside(scene)
    _production(scene, _entry(BESIDE, more="model_version_policy { specific { versions: 7 } }"))
    scene.released("1")
    scene.model("2")
    return "so before this change"


def twin_v14_directory_that_base_path_was_never_named_after(scene: Scene) -> None:
    _beside(scene)
    _production(scene, _entry(BESIDE, "/srv/rent-model"))
    scene.released("1")
    scene.model("2")
    scene.repo.move(_PATH, f"{_PATH}_new")
    _production(scene, _entry(BESIDE, "/srv/rent-model"), path=f"{_PATH}_new")


def twin_v14_directory_and_base_path_move_together(scene: Scene) -> None:
    _two_models(scene)
    scene.repo.move(_PATH, f"{_PATH}_new")
    _production(scene, _entry(BESIDE, f"/{_PATH}_new"), path=f"{_PATH}_new")


def twin_v14_note_beside_the_versions(scene: Scene) -> None:
    _two_models(scene)
    scene.write(f"{_PATH}/README.md", "Not retrained this time.\n")


def twin_v14_labels_and_flags_of_both(scene: Scene) -> None:
    _beside(scene)
    label = 'version_labels { key: "stable" value: 1 }'
    flags = ["--allow_version_labels_for_unavailable_models=true", "--enable_batching=true"]
    served = {"rollout": "image", "flags": flags}
    _production(scene, _entry(BESIDE, more=label), serving=served)
    scene.released("1")
    scene.model("2")


def mutant_v11_other_model_is_renamed(scene: Scene) -> str:
    _two_models(scene)
    _production(scene, _entry(f"{BESIDE}_v2", f"/models/{BESIDE}"))
    return f"renames '{BESIDE}' to '{BESIDE}_v2'"


def mutant_v11_other_model_is_taken_out(scene: Scene) -> str:
    _two_models(scene)
    _production(scene)
    return f"its tree {_PATH} still lies here"


def mutant_v11_second_name_of_a_model_is_taken_out(scene: Scene) -> str:
    _production(scene, _entry("prices_eu", f"/models/{NAME}"), path="")
    scene.released("1")
    scene.model("2")
    _production(scene, path="")
    return "'prices_eu'"


@advisory
def mutant_v11_other_model_is_retired_with_its_tree(scene: Scene) -> str:
    _two_models(scene)
    scene.repo.delete(_PATH)
    _production(scene, path="")
    return "get 404 after this change."


def twin_v11_second_name_of_a_model_is_added(scene: Scene) -> None:
    _two_models(scene)
    _production(scene, _entry(BESIDE), _entry("rents_eu", f"/models/{BESIDE}"))


def twin_v11_other_model_is_added(scene: Scene) -> None:
    _beside(scene)
    _production(scene)
    scene.released("1")
    scene.model("2")
    _production(scene, _entry(BESIDE))
