"""Labels on versions that do not answer, and labels that a server refuses."""

from __future__ import annotations

from tests.support.scenes import NAME, Scene, advisory

_ALLOWED = ["--allow_version_labels_for_unavailable_models=true"]


def _label(name: str, version: int) -> str:
    return f'version_labels {{ key: "{name}" value: {version} }}'


def _production(scene: Scene, policy: str, *labels: str, **serving: object) -> None:
    """The policy stands in line 5, the labels from line 6 on."""
    rule = f"model_version_policy {{ {policy} }}" if policy else "# the default policy"
    lines = [
        "model_config_list {",
        "  config {",
        f'    name: "{NAME}" base_path: "/models/{NAME}"',
        '    model_platform: "tensorflow"',
        *(f"    {one}" for one in (rule, *labels)),
        "  }",
        "}",
    ]
    scene.write("deploy/models.config", "\n".join(lines) + "\n")
    scene.configure(serving={"model_config": "deploy/models.config", **serving})


def _specific(*versions: int) -> str:
    return f"specific {{ {' '.join(f'versions: {one}' for one in versions)} }}"


def mutant_v08_label_stays_on_a_version_that_is_unloaded(scene: Scene) -> str:
    _production(scene, "", _label("stable", 1), flags=_ALLOWED)
    scene.released("1")
    scene.model("2")
    return "Keep version 1 loaded (`specific { versions: 1 versions: 2 }`)"


def mutant_v08_label_on_a_version_that_the_policy_drops(scene: Scene) -> str:
    _production(scene, _specific(1, 2), _label("old", 1), flags=_ALLOWED)
    scene.released("1", "2")
    _production(scene, _specific(2), _label("old", 1), flags=_ALLOWED)
    return "deploy/models.config:6"


def mutant_v08_label_on_a_version_that_never_was(scene: Scene) -> str:
    _production(scene, "", _label("stable", 1), flags=_ALLOWED)
    scene.released("1")
    scene.model("2")
    _production(scene, "", _label("stable", 3), flags=_ALLOWED)
    return "version 3, which the tree does not hold"


def mutant_v08_label_moves_with_the_change_that_loads_the_version(scene: Scene) -> str:
    _production(scene, _specific(1), _label("stable", 1), flags=_ALLOWED)
    scene.released("1")
    scene.model("2")
    _production(scene, _specific(1, 2), _label("stable", 2), flags=_ALLOWED)
    return "First a change that loads both"


@advisory
def mutant_v08_label_has_dangled_for_long(scene: Scene) -> str:
    _production(scene, "", _label("old", 7), flags=_ALLOWED)
    scene.released("1")
    scene.model("2")
    return "so before this change"


def twin_v08_first_step_of_a_label_move(scene: Scene) -> None:
    _production(scene, _specific(1), _label("stable", 1))
    scene.released("1")
    scene.model("2")
    _production(scene, _specific(1, 2), _label("stable", 1))


def twin_v08_second_step_of_a_label_move(scene: Scene) -> None:
    _production(scene, _specific(1, 2), _label("stable", 1))
    scene.released("1", "2")
    _production(scene, _specific(1, 2), _label("stable", 2))


def twin_v08_label_moves_to_what_the_old_policy_loads(scene: Scene) -> None:
    _production(scene, "latest { num_versions: 2 }", _label("stable", 1), flags=_ALLOWED)
    scene.released("1")
    scene.model("2")
    _production(scene, "latest { num_versions: 2 }", _label("stable", 2), flags=_ALLOWED)


def twin_v08_fresh_server_moves_its_label_at_once(scene: Scene) -> None:
    served = {"flags": _ALLOWED, "rollout": "image"}
    _production(scene, _specific(1), _label("stable", 1), **served)
    scene.released("1")
    scene.model("2")
    _production(scene, _specific(2), _label("stable", 2), **served)


def mutant_v09_first_label_of_a_fresh_server(scene: Scene) -> str:
    _production(scene, "", rollout="image")
    scene.released("1")
    scene.model("2")
    _production(scene, "", _label("stable", 2), rollout="image")
    return "production's fresh server does not start"


@advisory
def mutant_v09_first_label_of_a_running_server(scene: Scene) -> str:
    _production(scene, _specific(1))
    scene.released("1", "2")
    _production(scene, _specific(1, 2), _label("stable", 1))
    return "would not start again"


def twin_v09_first_label_with_the_flag(scene: Scene) -> None:
    served = {"flags": _ALLOWED, "rollout": "image"}
    _production(scene, "", **served)
    scene.released("1")
    scene.model("2")
    _production(scene, "", _label("stable", 2), **served)


def twin_v09_file_with_labels_that_is_renamed(scene: Scene) -> None:
    _production(scene, _specific(1), _label("stable", 1))
    scene.released("1")
    scene.model("2")
    scene.repo.move("deploy/models.config", "deploy/prod.config")
    scene.configure(serving={"model_config": "deploy/prod.config"})


def twin_v09_labels_that_fresh_servers_have_had_for_long(scene: Scene) -> None:
    _production(scene, _specific(1), _label("stable", 1), rollout="image")
    scene.released("1")
    scene.model("2")
    _production(scene, _specific(1, 2), _label("stable", 2), rollout="image")
