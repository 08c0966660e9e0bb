"""Numbers, copies, and versions that come and go."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.detection import teams
from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import model
from benchmarks.detection.editing.weights import change_floats
from benchmarks.detection.registry import Effect, Part, scenario

_ANY = tuple(Part)
_VERSION = (Part.MODEL, Part.WEIGHTS, Part.ASSETS, Part.FILES)


@scenario("H05", changes=_ANY, effect=Effect.ANSWERS)
def exported_again_with_a_second_signature(change: Change) -> None:
    """Production's weights, exported again with one signature more."""
    change.forget_recordings()
    _becomes(change.new, change.old)
    with model(change.new) as served:
        served.meta_graph.signature_def["again"].CopyFrom(served.definition(served.default))


@scenario("H05", changes=_ANY, effect=Effect.ANSWERS)
def exported_again_with_another_file(change: Change) -> None:
    """Production's model to the last byte, with a new file beside it."""
    change.forget_recordings()
    _becomes(change.new, change.old)
    change.head.write(f"{change.origin.path}/{change.new.name}/assets.extra/MODEL_CARD.md", "# 2\n")


@scenario("H06", changes=_ANY, effect=Effect.AS_BEFORE)
def an_older_version_rolls_forward(change: Change) -> None:
    """A version that was in production before the last one gets a new number."""
    older = str(int(change.origin.old) - 1)
    for tree in change.trees:
        shutil.copytree(change.new, change.version(older, tree))


@scenario("H07", changes=_VERSION, effect=Effect.AS_BEFORE)
def the_old_version_goes_as_the_new_one_comes(change: Change) -> None:
    """The release deletes the version that it replaces."""
    shutil.rmtree(change.old)


@scenario("H07", changes=_ANY, effect=Effect.AS_BEFORE)
def the_old_version_goes_later(change: Change) -> None:
    """An old version is deleted, and nothing else happens."""
    change.release()
    shutil.rmtree(change.old)


@scenario(
    "H08",
    changes=_ANY,
    effect=Effect.ELSEWHERE,
    advisory={"version/version-not-removed"},
)
def a_rollback_is_accepted(change: Change) -> None:
    """The newest version is deleted, and an `accept:` entry says why."""
    change.release()
    shutil.rmtree(change.new)
    entry = {
        "check": "version/version-not-removed",
        "model": change.origin.model,
        "version": str(int(change.origin.old)),
        "reason": "the new one was trained on wrong labels",
    }
    change.configure(accept=[entry])


@scenario("H08", changes=_ANY, effect=Effect.ELSEWHERE)
def a_rollback_is_configured(change: Change) -> None:
    """The newest version is deleted, and production's configuration names the older one."""
    change.production()
    change.release()
    shutil.rmtree(change.new)
    change.production(change.head, policy=f"specific {{ versions: {int(change.origin.old)} }}")


@scenario(
    "H10", changes=(*_VERSION, Part.LAYOUT), effect=Effect.ELSEWHERE, advisory={"version/layout"}
)
def a_number_with_zeros_before_it(change: Change) -> None:
    """The version directory is called 00000002."""
    change.rename(f"{int(change.origin.new):010}")


@scenario("H10", changes=(*_VERSION, Part.LAYOUT), effect=Effect.ELSEWHERE)
def a_number_that_is_a_time_in_seconds(change: Change) -> None:
    """The version directory is called after the second of the export."""
    change.rename("1795000000")


@scenario("H10", changes=(*_VERSION, Part.LAYOUT), effect=Effect.ELSEWHERE)
def a_number_that_is_a_time_in_milliseconds(change: Change) -> None:
    """The version directory is called after the millisecond of the export."""
    change.rename("1795000000123")


@scenario("H10", changes=(*_VERSION, Part.LAYOUT), effect=Effect.ELSEWHERE)
def a_number_that_leaps(change: Change) -> None:
    """Numbers in between were never released."""
    change.rename(str(int(change.origin.old) + 5))


@scenario("H11", changes={Part.LAYOUT}, effect=Effect.AS_BEFORE)
def other_things_beside_the_versions(change: Change) -> None:
    """Notes, words and an empty file lie beside the version directories."""
    for name in ("assets/words.txt", "README.md", ".gitkeep", "labels.json", "v3-notes.md"):
        change.head.write(f"{change.origin.path}/{name}", "")


@scenario("H12", changes=_ANY, effect=Effect.AS_BEFORE)
def the_first_version(change: Change) -> None:
    """The model is new: production has no version of it."""
    for tree in change.trees:
        shutil.rmtree(change.version(change.origin.old, tree))


@scenario(
    "H13",
    changes=_ANY,
    effect=Effect.ELSEWHERE,
    rollouts=["image"],
    advisory={"version/layout"},
)
def one_number_for_every_release(change: Change) -> None:
    """The version is overwritten; every release is a fresh image.

    Where its number has zeros before it, that is worth a word.
    """
    _recorded_under(change, str(int(change.origin.old)))
    _becomes(change.old, change.new)
    shutil.rmtree(change.new)


@scenario("H27", changes=(*_VERSION, Part.LAYOUT), effect=Effect.ELSEWHERE)
def another_version_is_merged_before(change: Change) -> None:
    """While this version was on its branch, the one below it was merged."""
    change.rename(str(int(change.origin.new) + 1))
    between = change.version(change.origin.new, change.main_moves_on())
    shutil.copytree(change.origin.head / change.origin.path / change.origin.new, between)


@scenario("H27", changes={Part.LAYOUT, Part.CONFIGURATION}, effect=Effect.AS_BEFORE)
def a_new_version_of_another_model_is_merged_before(change: Change) -> None:
    """While this version was on its branch, another model got one, which is not on the branch."""
    for tree in change.trees:
        shutil.copytree(change.version(change.origin.old, tree), tree.file("models/other/1"))
    _list_too(change, "other")
    after = change.main_moves_on()
    shutil.copytree(after.path / "models/other/1", after.path / "models/other/2")
    change_floats(after.path / "models/other/2", lambda values: values * 1.25)


def _becomes(version: Path, other: Path) -> None:
    shutil.rmtree(version)
    shutil.copytree(other, version)


def _recorded_under(change: Change, number: str) -> None:
    """The recordings of the candidate bear this number; those of what had it before are gone."""
    if not (lines := teams.examples(change.head, change)):
        return
    for line in lines:
        if line.get("for_version") == number:
            del line["for_version"], line["outputs"]
        elif "for_version" in line:
            line["for_version"] = number
    teams.write_examples(change.head, lines, change.model_settings()["examples"])


def _list_too(change: Change, name: str) -> None:
    """Where the team lists its models, it lists one more."""
    for tree in change.trees:
        if models := tree.configuration().get("models"):
            change.configure(tree, models=[*models, {"name": name, "path": f"models/{name}"}])
