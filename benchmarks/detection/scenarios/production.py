"""What production is told, where models come from, and changes of something else."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.detection.change import MODEL_CONFIG, Change
from benchmarks.detection.editing.pointers import make_pointer
from benchmarks.detection.registry import Effect, Part, scenario

_ANY = tuple(Part)
_CONFIGURED = (Part.CONFIGURATION,)


@scenario("H09", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def a_staged_release(change: Change) -> None:
    """Production pins the old version, and the team says that the new one waits."""
    change.production(policy=_specific(change.origin.old))
    change.configure_model(*change.trees, release="staged")


@scenario("H09", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def labels_first_step(change: Change) -> None:
    """The new version is loaded beside the old one, to which the label still points."""
    old, new = change.origin.old, change.origin.new
    change.production(policy=_specific(old), more=_label("stable", old))
    change.production(change.head, policy=_specific(old, new), more=_label("stable", old))


@scenario("H09", changes=_ANY, effect=Effect.AS_BEFORE)
def labels_second_step(change: Change) -> None:
    """Both versions are loaded, and the label moves to the new one."""
    old, new = change.origin.old, change.origin.new
    change.production(policy=_specific(old, new), more=_label("stable", old))
    change.release()
    change.production(change.head, policy=_specific(old, new), more=_label("stable", new))


@scenario("H09", changes=_CONFIGURED, effect=Effect.AS_BEFORE)
def labels_of_an_experiment(change: Change) -> None:
    """Two versions are compared in production, each under its label."""
    old, new = change.origin.old, change.origin.new
    change.production(policy=_specific(old), more=_label("a", old))
    both = f"{_label('a', old)}\n{_label('b', new)}"
    change.production(change.head, policy=_specific(old, new), more=both)


def _specific(*versions: str) -> str:
    return f"specific {{ {' '.join(f'versions: {int(one)}' for one in versions)} }}"


def _label(name: str, version: str) -> str:
    return f'    version_labels {{ key: "{name}" value: {int(version)} }}'


@scenario("H14", changes=_ANY, effect=Effect.AS_BEFORE, advisory={"version/layout"})
def versions_are_downloaded(change: Change) -> None:
    """An earlier step downloads both versions; a small file in git says that they changed.

    To git all of it is new, zeros before the old number too.
    """
    _outside_git(change)
    change.configure_model(*change.trees, changed_when=["model.dvc"])


@scenario("H14", changes=_ANY, effect=Effect.AS_BEFORE, advisory={"version/layout"})
def versions_are_downloaded_with_a_baseline(change: Change) -> None:
    """An earlier step downloads the candidate, and what production has beside it."""
    _outside_git(change)
    shutil.move(change.old, change.head.file(f"in-production/{change.origin.old}"))
    change.outside_git.append("in-production")
    change.configure_model(*change.trees, changed_when=["model.dvc"], baseline="in-production")


def _outside_git(change: Change) -> None:
    shutil.rmtree(change.base.path / change.origin.path)
    for tree, version in zip(change.trees, (change.origin.old, change.origin.new), strict=True):
        tree.write("model.dvc", f"outs: [{{path: models, version: {version}}}]\n")
    change.outside_git.append("models")


@scenario("H14", changes=_ANY, effect=Effect.ELSEWHERE)
def models_are_in_large_file_storage(change: Change) -> None:
    """Pointers are in git; the files themselves were fetched when the head was checked out."""
    contents = {
        file.relative_to(tree.path): file.read_bytes()
        for tree in change.trees
        for file in _files(tree.path / change.origin.path)
    }
    for tree in change.trees:
        tree.write(".gitattributes", "models/** filter=lfs diff=lfs merge=lfs -text\n")
        for file in _files(tree.path / change.origin.path):
            make_pointer(file)
    change.after_checkout.append(partial(_fetch, contents))


def _files(folder: Path) -> Iterator[Path]:
    return (one for one in folder.rglob("*") if one.is_file())


def _fetch(contents: dict[Path, bytes], repository: Path) -> None:
    """As `git lfs pull` leaves a clone: the objects in the store, the files in their places."""
    for name, content in contents.items():
        oid = hashlib.sha256(content).hexdigest()
        stored = repository / ".git" / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_bytes(content)
        (repository / name).write_bytes(content)


@scenario("H15", changes=_ANY, effect=Effect.AS_BEFORE)
def one_of_several_models(change: Change) -> None:
    """Production serves three models: the changed one, one beside it, and one from elsewhere."""
    beside = f"{change.origin.model}-beside"
    text = "".join(map(_entry, (change.origin.model, beside, "elsewhere")))
    for tree in change.trees:
        shutil.copytree(change.version(change.origin.old, tree), tree.file(f"models/{beside}/1"))
        tree.write(MODEL_CONFIG, f"model_config_list {{\n{text}}}\n")
        change.configure(tree, serving={"model_config": MODEL_CONFIG})
        if models := tree.configuration().get("models"):
            change.configure(tree, models=[*models, {"name": beside, "path": f"models/{beside}"}])


def _entry(name: str) -> str:
    base_path = f"/models/{name}"
    return f'  config {{ name: "{name}" base_path: "{base_path}" model_platform: "tensorflow" }}\n'


@scenario("H29", changes=_ANY, effect=Effect.AS_BEFORE)
def documentation(change: Change) -> None:
    """Only words change."""
    change.release()
    change.head.write("README.md", "Better words.\n")


@scenario("H29", changes=_ANY, effect=Effect.AS_BEFORE)
def tests_and_training(change: Change) -> None:
    """Only tests change, and training's own loop."""
    change.release()
    change.head.write("tests/test_features.py", "def test_features(): pass\n")
    change.head.write("training/loop.py", "EPOCHS = 9\n")


@scenario("H29", changes=_ANY, effect=Effect.AS_BEFORE)
def a_word_beside_the_versions(change: Change) -> None:
    """Only a text beside the version directories changes."""
    change.release()
    change.head.write(f"{change.origin.path}/README.md", "Better words.\n")
