"""What production is told: `models.config`, flags, and what clients ask for."""

from __future__ import annotations

import shutil

from benchmarks.detection.change import MODEL_CONFIG, Change, Tree
from benchmarks.detection.registry import Effect, Part, mutator

_CONFIGURED = frozenset({Part.CONFIGURATION})
_LABELS = "--allow_version_labels_for_unavailable_models=true"
_NEIGHBOUR = "neighbour"
_LOAD_TIMEOUT = 20  # seconds


def _number(name: str) -> int:
    """The number that TF Serving reads in a directory's name."""
    return int(name)


def _specific(*names: str) -> str:
    versions = " ".join(f"versions: {_number(name)}" for name in names)
    return f"specific {{ {versions} }}"


def _flags(change: Change, *flags: str, trees: tuple[Tree, ...] = ()) -> None:
    change.configure(*(trees or change.trees), serving={"flags": list(flags)})


def _label(name: str, version: str) -> str:
    return f'    version_labels {{ key: "{name}" value: {_number(version)} }}'


@mutator("V06", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def the_policy_still_pins_the_old_version(change: Change) -> None:
    """Production pins version 1, before and after the change."""
    change.production(policy=_specific(change.origin.old))


@the_policy_still_pins_the_old_version.twin(effect=Effect.AS_BEFORE)
def the_pin_moves_to_the_new_version(change: Change) -> None:
    """Production pins version 1, and the change moves the pin to version 2."""
    change.production(change.base, policy=_specific(change.origin.old))
    change.production(change.head, policy=_specific(change.origin.new))


@mutator("V06", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def the_change_pins_the_old_version(change: Change) -> None:
    """The change that brings version 2 pins version 1."""
    change.production(change.base)
    change.production(change.head, policy=_specific(change.origin.old))


@the_change_pins_the_old_version.twin(effect=Effect.AS_BEFORE)
def the_change_states_the_default_policy(change: Change) -> None:
    """The change that brings version 2 writes the default policy down."""
    change.production(change.base)
    change.production(change.head, policy="latest { num_versions: 1 }")


@mutator("V06", changes=_CONFIGURED, effect=Effect.AS_BEFORE, rollout="image")
def a_fresh_server_pins_the_old_version(change: Change) -> None:
    """Production pins version 1, and every deployment starts a fresh server."""
    change.production(policy=_specific(change.origin.old))


@a_fresh_server_pins_the_old_version.twin(effect=Effect.AS_BEFORE)
def a_fresh_server_loads_both(change: Change) -> None:
    """Production names both versions, and every deployment starts a fresh server."""
    change.production(policy=_specific(change.origin.old, change.origin.new))


@mutator("V07", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def the_pin_names_a_version_that_never_was(change: Change) -> None:
    """The change pins version 3, and brings version 2."""
    change.production(change.base, policy=_specific(change.origin.old))
    change.production(change.head, policy=_specific(_next(change)))


@the_pin_names_a_version_that_never_was.twin(effect=Effect.AS_BEFORE)
def the_pin_names_what_the_change_brings(change: Change) -> None:
    """The change pins version 2, and brings it."""
    change.production(change.base, policy=_specific(change.origin.old))
    change.production(change.head, policy=_specific(change.origin.new))


@mutator("V07", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def one_of_two_pinned_versions_is_missing(change: Change) -> None:
    """The change pins versions 2 and 3, and brings version 2."""
    change.production(change.base)
    change.production(change.head, policy=_specific(change.origin.new, _next(change)))


@one_of_two_pinned_versions_is_missing.twin(effect=Effect.AS_BEFORE)
def both_pinned_versions_are_there(change: Change) -> None:
    """The change pins versions 1 and 2, and brings version 2."""
    change.production(change.base)
    change.production(change.head, policy=_specific(change.origin.old, change.origin.new))


def _next(change: Change) -> str:
    return str(_number(change.origin.new) + 1)


@mutator("V08", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def the_label_stays_on_an_unloaded_version(change: Change) -> None:
    """The label `stable` stays on version 1, which production unloads for version 2."""
    _flags(change, _LABELS)
    change.production(more=_label("stable", change.origin.old))


@the_label_stays_on_an_unloaded_version.twin(effect=Effect.AS_BEFORE)
def the_label_moves_to_the_new_version(change: Change) -> None:
    """The label `stable` stays on version 1 while both are loaded, and `canary` is on 2."""
    old, new = change.origin.old, change.origin.new
    _flags(change, _LABELS)
    change.production(change.base, more=_label("stable", old))
    labels = "\n".join((_label("stable", old), _label("canary", new)))
    change.production(change.head, policy=_specific(old, new), more=labels)


@mutator("V08", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def the_label_names_a_version_that_never_was(change: Change) -> None:
    """The label `stable` is moved to version 3, and the change brings version 2."""
    _flags(change, _LABELS)
    change.production(change.base, more=_label("stable", change.origin.old))
    change.production(change.head, more=_label("stable", _next(change)))


@the_label_names_a_version_that_never_was.twin(effect=Effect.AS_BEFORE)
def the_label_names_what_the_change_brings(change: Change) -> None:
    """The label `stable` is moved to version 2, which the change brings, with both loaded."""
    old, new = change.origin.old, change.origin.new
    _flags(change, _LABELS)
    change.production(change.base, more=_label("stable", old))
    change.production(change.head, policy=_specific(old, new), more=_label("stable", new))


@mutator("V09", changes=_CONFIGURED, effect=Effect.AS_BEFORE, rollout="image")
def a_label_at_the_start_without_the_flag(change: Change) -> None:
    """A fresh server is told a label, and not the flag that allows one at the start."""
    change.production(change.base)
    change.production(change.head, more=_label("stable", change.origin.new))


@a_label_at_the_start_without_the_flag.twin(effect=Effect.AS_BEFORE)
def a_label_at_the_start_with_the_flag(change: Change) -> None:
    """A fresh server is told a label, and the flag that allows one at the start."""
    _flags(change, _LABELS)
    change.production(change.base)
    change.production(change.head, more=_label("stable", change.origin.new))


@mutator("V09", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def a_misspelt_flag(change: Change) -> None:
    """A flag of production's is misspelt, which the server says and goes on without it."""
    _flags(change, "--enable_bacthing=true", trees=(change.head,))


@a_misspelt_flag.twin(effect=Effect.AS_BEFORE)
def a_flag_that_the_server_knows(change: Change) -> None:
    """Production gets a flag that the server knows."""
    _flags(change, "--enable_batching=true", trees=(change.head,))


@mutator("V11", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def production_renames_the_model(change: Change) -> None:
    """The change gives the model another name in `models.config`, and clients keep the old one."""
    change.production(change.base)
    change.production(change.head, name=f"{change.origin.model}_v2")


@production_renames_the_model.twin(changes=_CONFIGURED | {Part.LAYOUT}, effect=Effect.AS_BEFORE)
def production_serves_a_neighbour_too(change: Change) -> None:
    """The change adds a second entry to `models.config`, of a model that is there."""
    change.production()
    _neighbour(change, *change.trees)
    _serve_neighbour(change.head)


@mutator("V11", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def the_name_has_other_capitals(change: Change) -> None:
    """The change writes the model's name in `models.config` with a capital."""
    change.production(change.base)
    change.production(change.head, name=change.origin.model.swapcase())


@the_name_has_other_capitals.twin(effect=Effect.AS_BEFORE)
def the_base_path_has_other_capitals(change: Change) -> None:
    """The change moves the model's directory on the server, and not its name."""
    change.production(change.base)
    change.production(change.head, base_path=f"/models/{change.origin.model.swapcase()}")


@mutator("V12", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def the_base_path_names_a_version(change: Change) -> None:
    """The change lets `base_path` name the version directory."""
    change.production(change.base)
    path = f"/models/{change.origin.model}/{change.origin.new}"
    change.production(change.head, base_path=path)


@the_base_path_names_a_version.twin(effect=Effect.AS_BEFORE)
def the_base_path_ends_with_a_slash(change: Change) -> None:
    """The change writes `base_path` with a slash at the end."""
    change.production(change.base)
    change.production(change.head, base_path=f"/models/{change.origin.model}/")


@mutator("V12", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def the_base_path_names_the_folder_of_all_models(change: Change) -> None:
    """The change lets `base_path` name the directory above the model's."""
    change.production(change.base)
    change.production(change.head, base_path="/models")


@the_base_path_names_the_folder_of_all_models.twin(effect=Effect.AS_BEFORE)
def the_base_path_lies_elsewhere(change: Change) -> None:
    """The change moves all models on the server to another directory."""
    change.production(change.base)
    change.production(change.head, base_path=f"/srv/models/{change.origin.model}")


@mutator("V13", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def production_looks_once(change: Change) -> None:
    """Production looks for new versions when it starts, and never again."""
    _flags(change, "--file_system_poll_wait_seconds=0")


@production_looks_once.twin(effect=Effect.AS_BEFORE)
def production_looks_twice_a_minute(change: Change) -> None:
    """Production looks for new versions every 30 seconds."""
    _flags(change, "--file_system_poll_wait_seconds=30")


@mutator("V13", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def the_change_stops_the_looking(change: Change) -> None:
    """The change has production look for new versions no more."""
    _wait_briefly(change)
    _flags(change, "--file_system_poll_wait_seconds=5", trees=(change.base,))
    _flags(change, "--file_system_poll_wait_seconds=-1", trees=(change.head,))


@the_change_stops_the_looking.twin(effect=Effect.AS_BEFORE)
def the_change_slows_the_looking(change: Change) -> None:
    """The change has production look for new versions less often."""
    _wait_briefly(change)
    _flags(change, "--file_system_poll_wait_seconds=5", trees=(change.base,))
    _flags(change, "--file_system_poll_wait_seconds=10", trees=(change.head,))


def _wait_briefly(change: Change) -> None:
    """A server that never looks never loads: waiting for it teaches nothing."""
    change.configure(*change.trees, serving={"load_timeout": _LOAD_TIMEOUT})


@mutator("V13", changes=_CONFIGURED, effect=Effect.AS_BEFORE, advisory=True)
def nobody_reads_the_moved_pin(change: Change) -> None:
    """The pin moves in a configuration that the running server reads no second time."""
    change.production(change.base, policy=_specific(change.origin.old))
    change.production(change.head, policy=_specific(change.origin.new))
    _flags(change, "--model_config_file_poll_wait_seconds=0")


@nobody_reads_the_moved_pin.twin(effect=Effect.AS_BEFORE)
def the_moved_pin_is_read_within_a_minute(change: Change) -> None:
    """The pin moves in a configuration that the running server reads every minute."""
    change.production(change.base, policy=_specific(change.origin.old))
    change.production(change.head, policy=_specific(change.origin.new))
    _flags(change, "--model_config_file_poll_wait_seconds=60")


@mutator("V14", changes=_CONFIGURED | {Part.LAYOUT}, effect=Effect.AS_BEFORE)
def the_neighbour_s_base_path_is_gone(change: Change) -> None:
    """A second model's directory was moved, and `models.config` still names where it was."""
    _two_models(change)
    moved = f"models/{_NEIGHBOUR}_archived"
    (change.head.path / "models" / _NEIGHBOUR).rename(change.head.path / moved)
    models = change.head.configuration().get("models", [])
    for one in models:
        if one["name"] == _NEIGHBOUR:
            one["path"] = moved
            change.configure(models=models)


@the_neighbour_s_base_path_is_gone.twin(effect=Effect.AS_BEFORE)
def the_neighbour_s_base_path_stays(change: Change) -> None:
    """A second model's directory has got a note, and is where `models.config` says."""
    _two_models(change)
    change.head.write(f"models/{_NEIGHBOUR}/README.md", "Not retrained this time.\n")


@mutator("V20", changes={Part.CODE}, effect=Effect.AS_BEFORE, advisory=True)
def the_client_s_address_names_the_old_version(change: Change) -> None:
    """The address in the client's code names version 1."""
    _address(change, f"/versions/{_number(change.origin.old)}")


@the_client_s_address_names_the_old_version.twin(effect=Effect.AS_BEFORE)
def the_client_s_address_names_no_version(change: Change) -> None:
    """The address in the client's code names no version."""
    _address(change, "")


def _address(change: Change, version: str) -> None:
    url = f"http://models.internal:8501/v1/models/{change.origin.model}{version}:predict"
    for tree in change.trees:
        tree.write("client/address.py", f'"""Where the model answers."""\n\nURL = "{url}"\n')


def _two_models(change: Change) -> None:
    """Production serves a second model, before and after the change."""
    change.production()
    _neighbour(change, *change.trees)
    _serve_neighbour(*change.trees)


def _neighbour(change: Change, *trees: Tree) -> None:
    """Adds a second model, with one version."""
    for tree in trees:
        place = f"models/{_NEIGHBOUR}"
        shutil.copytree(change.version(change.origin.old, change.base), tree.path / place / "1")
        models = tree.configuration().get("models")
        if models:
            change.configure(tree, models=[*models, {"name": _NEIGHBOUR, "path": place}])


def _serve_neighbour(*trees: Tree) -> None:
    """Adds the second model to `models.config`."""
    entry = (
        f'model_config_list {{\n  config {{\n    name: "{_NEIGHBOUR}"\n'
        f'    base_path: "/models/{_NEIGHBOUR}"\n    model_platform: "tensorflow"\n  }}\n'
    )
    for tree in trees:
        before = tree.file(MODEL_CONFIG).read_text()
        tree.write(MODEL_CONFIG, before.replace("model_config_list {\n", entry, 1))
