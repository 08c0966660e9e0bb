"""What happened to the versions, on real repositories. Rows of `healthy.md` are named."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from servegate.changes.discovery import ModelSource
from servegate.facts.change import ChangeKind, ModelChange
from tests.support.changes import candidates_of, changes_of, events_of
from tests.support.repos import Repo

A = ModelSource(name="a", path="models/a")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "repo")
    repo.model("models/a/1", "one").model("models/a/2", "two").model("models/b/1").commit()
    return repo


def _only(changes: dict[str, ModelChange]) -> ModelChange:
    assert list(changes) == ["a"]
    return changes["a"]


def test_an_added_version(repo: Repo) -> None:
    base = repo.head
    repo.model("models/a/3", "three").commit()
    change = _only(changes_of(repo, base))  # H15: model b is not touched
    assert events_of(change) == {"1": "UNCHANGED", "2": "UNCHANGED", "3": "ADDED"}
    assert change.kind is ChangeKind.VERSIONS
    assert candidates_of(change) == [("3", "ADDED", None)]
    added = change.child("3")
    assert added is not None
    assert added.files == ("models/a/3/saved_model.pb", "models/a/3/variables/variables.index")
    assert (added.held_model, added.holds_model, added.in_git) == (False, True, True)
    assert [one.version for one in change.base_names.versions] == [1, 2]
    assert [one.version for one in change.head_names.versions] == [1, 2, 3]


@pytest.mark.parametrize("committed", [True, False])
def test_a_version_changed_in_place(repo: Repo, committed: bool) -> None:  # noqa: FBT001
    base = repo.head
    repo.write("models/a/1/variables/variables.index", "other")
    if committed:
        repo.commit()
    change = _only(changes_of(repo, base))
    assert events_of(change) == {"1": "CHANGED", "2": "UNCHANGED"}
    assert candidates_of(change) == [("1", "CHANGED", None)]
    changed = change.child("1")
    assert changed is not None
    assert changed.files == ("models/a/1/variables/variables.index",)


@pytest.mark.parametrize("committed", [True, False])
def test_a_renamed_version(repo: Repo, committed: bool) -> None:  # noqa: FBT001
    base = repo.head
    repo.file("models/a/2").rename(repo.file("models/a/00000007"))
    if committed:
        repo.commit()
    change = _only(changes_of(repo, base))
    assert events_of(change) == {"00000007": "RENAMED", "1": "UNCHANGED", "2": "DELETED"}
    renamed = change.child("00000007")
    assert renamed is not None
    assert (renamed.renamed_from, renamed.version) == ("2", 7)  # H10
    assert candidates_of(change) == [("00000007", "RENAMED", None)]


def test_a_moved_version_that_was_also_changed_is_no_rename(repo: Repo) -> None:
    base = repo.head
    repo.move("models/a/2", "models/a/3").write("models/a/3/saved_model.pb", "other").commit()
    assert events_of(_only(changes_of(repo, base)))["3"] == "ADDED"


def test_a_name_that_was_no_number_becomes_one(repo: Repo) -> None:
    repo.model("models/a/v3", "three").commit()
    base = repo.head
    repo.move("models/a/v3", "models/a/3").commit()
    change = _only(changes_of(repo, base))
    assert events_of(change)["3"] == "RENAMED"
    assert events_of(change)["v3"] == "DELETED"


def test_old_versions_cleaned_up(repo: Repo) -> None:  # H07
    base = repo.head
    repo.delete("models/a/1").commit()
    change = _only(changes_of(repo, base))
    assert events_of(change) == {"1": "DELETED", "2": "UNCHANGED"}
    assert candidates_of(change) == [("2", "UNCHANGED", None)]
    assert not change.removed


def test_a_deleted_model_has_no_candidate(repo: Repo) -> None:
    base = repo.head
    repo.delete("models/a").commit()
    change = _only(changes_of(repo, base))
    assert events_of(change) == {"1": "DELETED", "2": "DELETED"}
    assert change.removed
    assert candidates_of(change) == []
    repo.write("models/a/20240101/notes.txt").commit()  # a backup is nothing to serve
    assert _only(changes_of(repo, base)).removed


def test_the_first_version_of_a_new_model(tmp_path: Path) -> None:  # H12
    repo = Repo(tmp_path / "repo").write("README.md")
    base = repo.commit()
    repo.model("models/a/1").commit()
    change = _only(changes_of(repo, base))
    assert change.base_names.versions == ()
    assert candidates_of(change) == [("1", "ADDED", None)]


def test_several_versions_at_once(repo: Repo) -> None:
    base = repo.head
    repo.write("models/a/1/saved_model.pb", "other").model("models/a/5").model("models/a/10")
    assert candidates_of(_only(changes_of(repo, base))) == [
        ("1", "CHANGED", 10),
        ("5", "ADDED", 10),
        ("10", "ADDED", None),
    ]


def test_a_lower_version_added_is_a_candidate_of_its_own(repo: Repo) -> None:  # V02, H27
    base = repo.head
    repo.model("models/a/0", "zero").commit()
    assert candidates_of(_only(changes_of(repo, base))) == [("0", "ADDED", None)]


def test_numbers_without_a_model_are_no_candidates(repo: Repo) -> None:  # V15
    base = repo.head
    repo.write("models/a/20240101/notes.txt").write("models/a/3", "a file").commit()
    change = _only(changes_of(repo, base))
    assert events_of(change)["20240101"] == events_of(change)["3"] == "ADDED"
    stray = change.child("3")
    assert stray is not None
    assert (stray.holds_model, stray.is_directory) == (False, False)
    assert candidates_of(change) == [("2", "UNCHANGED", None)]


def test_a_version_that_loses_its_model_is_a_candidate(repo: Repo) -> None:
    base = repo.head
    repo.delete("models/a/2/saved_model.pb").commit()
    change = _only(changes_of(repo, base))
    assert candidates_of(change) == [("2", "CHANGED", None)]
    broken = change.child("2")
    assert broken is not None
    assert (broken.holds_model, broken.held_model) == (False, True)


def test_of_one_number_only_the_name_that_is_loaded(repo: Repo) -> None:  # V03
    base = repo.head
    repo.model("models/a/02", "zero two").commit()
    change = _only(changes_of(repo, base))
    assert change.kind is ChangeKind.VERSIONS
    assert candidates_of(change) == [("2", "UNCHANGED", None)]


def test_a_model_beside_the_versions_is_a_change_of_the_model(repo: Repo) -> None:  # V01
    base = repo.head
    repo.model("models/a/v3").commit()
    change = _only(changes_of(repo, base))
    beside = change.child("v3")
    assert beside is not None
    assert (beside.version, beside.holds_model) == (None, True)
    assert candidates_of(change) == [("2", "UNCHANGED", None)]


def test_a_base_path_one_level_too_deep_is_changed(repo: Repo) -> None:  # V12
    base = repo.head
    repo.write("models/a/2/saved_model.pb", "other").commit()
    source = ModelSource(name="a", path="models/a/2")
    change = _only(changes_of(repo, base, [source]))
    assert events_of(change)["saved_model.pb"] == "CHANGED"
    assert candidates_of(change) == []


@pytest.mark.parametrize(
    "name", ["README.md", "models/a/README.md", "models/a/assets/logo.png", "models/a/.gitkeep"]
)
def test_files_beside_the_versions_change_no_model(repo: Repo, name: str) -> None:  # H11, H29
    base = repo.head
    repo.write(name, "documentation").commit()
    assert changes_of(repo, base) == {}


def test_a_mode_is_no_content(repo: Repo) -> None:
    base = repo.head
    repo.file("models/a/1/saved_model.pb").chmod(0o755)
    repo.commit()
    assert changes_of(repo, base) == {}


def test_a_touched_file_is_unchanged(repo: Repo) -> None:
    os.utime(repo.file("models/a/1/saved_model.pb"), (1, 1))
    assert changes_of(repo, repo.head) == {}


def test_a_file_that_becomes_a_link_to_itself_elsewhere_is_changed(repo: Repo) -> None:
    base = repo.head
    repo.delete("models/a/1/saved_model.pb").link(
        "models/a/1/saved_model.pb", "../2/saved_model.pb"
    )
    repo.commit()
    assert events_of(_only(changes_of(repo, base)))["1"] == "CHANGED"


def test_a_version_that_is_a_link(repo: Repo) -> None:
    base = repo.head
    repo.link("models/a/3", "2").commit()
    change = _only(changes_of(repo, base))
    linked = change.child("3")
    assert linked is not None
    assert (linked.event.name, linked.holds_model, linked.is_directory) == ("ADDED", True, True)
    assert candidates_of(change) == [("3", "ADDED", None)]


@pytest.mark.parametrize(
    "source",
    [
        ModelSource(name="a", path="models/a", depends_on=("data/a.jsonl",)),
        ModelSource(name="a", path="models/a", depends_on=("data",)),
        ModelSource(name="a", path="models/a", changed_when=("data/*.jsonl",)),
        ModelSource(name="a", path="models/a", changed_when=("./data/",)),
    ],
)
def test_a_file_that_the_verdict_rests_on(repo: Repo, source: ModelSource) -> None:
    repo.write("data/a.jsonl").commit()
    base = repo.head
    repo.write("data/a.jsonl", "other\n").write("data2/a.jsonl").commit()
    change = _only(changes_of(repo, base, [source]))
    assert change.kind is ChangeKind.DEPENDENCY
    assert change.changed_files == ("data/a.jsonl",)
    assert candidates_of(change) == [("2", "UNCHANGED", None)]


def test_a_deleted_file_that_the_verdict_rests_on(repo: Repo) -> None:
    repo.write("data/a.jsonl").commit()
    base = repo.head
    repo.delete("data/a.jsonl").commit()
    source = ModelSource(name="a", path="models/a", depends_on=("data/a.jsonl",))
    assert _only(changes_of(repo, base, [source])).changed_files == ("data/a.jsonl",)


def test_everything(repo: Repo) -> None:
    base = repo.head
    repo.model("models/b/2").commit()
    changes = changes_of(repo, base, everything=True)
    assert {name: one.kind for name, one in changes.items()} == {
        "a": ChangeKind.EVERYTHING,
        "b": ChangeKind.VERSIONS,
    }
    assert candidates_of(changes["a"]) == [("2", "UNCHANGED", None)]
    assert candidates_of(changes["b"]) == [("2", "ADDED", None)]


def test_everything_without_a_base(repo: Repo) -> None:
    changes = changes_of(repo, None, everything=True)
    assert events_of(changes["a"]) == {"1": "UNCHANGED", "2": "UNCHANGED"}
    assert changes["a"].base_names.versions == ()
    assert candidates_of(changes["a"]) == [("2", "UNCHANGED", None)]


def test_the_root_as_a_base_path(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo").model("7").write("docs/index.md")
    base = repo.commit()
    repo.model("8", "eight").write("docs/index.md", "more").commit()
    change = changes_of(repo, base)["repo"]
    assert change.path == "."
    assert events_of(change) == {"7": "UNCHANGED", "8": "ADDED", "docs": "CHANGED"}
    assert candidates_of(change) == [("8", "ADDED", None)]


@pytest.mark.parametrize(
    "folder",
    ["my models/a b", "new\nline", "tab\t:!\"'", os.fsdecode(b"\xff\xfe"), "ä", "-n", ":(top)x"],
)
def test_names_that_are_hard_to_write_down(tmp_path: Path, folder: str) -> None:
    repo = Repo(tmp_path / "repo").model(f"{folder}/ 1")
    base = repo.commit()
    repo.model(f"{folder}/2\n").commit()
    repo.write(f"{folder}/ 1/saved_model.pb", "changed, not committed")
    repo.model(f"{folder}/3")
    change = next(iter(changes_of(repo, base).values()))
    assert (change.name, change.path) == (folder.rpartition("/")[2], folder)
    assert events_of(change) == {" 1": "CHANGED", "2\n": "ADDED", "3": "ADDED"}
    sourced = changes_of(repo, base, [ModelSource(name="a", path=folder)])
    assert events_of(sourced["a"]) == events_of(change)


def test_a_repository_below_the_top(repo: Repo) -> None:
    base = repo.head
    repo.model("models/a/3").model("elsewhere/c/1").commit()
    inner = Repo(repo.path / "models", initialise=False)
    assert list(changes_of(inner, base)) == ["a"]
    assert changes_of(inner, base)["a"].path == "a"


def _moved(repo: Repo) -> ModelSource:
    """The base path of `a` becomes `store/a`."""
    repo.move("models/a", "store/a")
    return ModelSource(name="a", path="store/a", path_before="models/a")


def test_a_base_path_that_moves_keeps_its_versions(repo: Repo) -> None:
    base = repo.head
    source = _moved(repo)
    repo.commit()
    change = changes_of(repo, base, [source], everything=True)["a"]
    assert events_of(change) == {"1": "UNCHANGED", "2": "UNCHANGED"}
    assert change.kind is ChangeKind.EVERYTHING
    assert change.place_before("2") == "models/a/2"
    assert [one.version for one in change.base_names.versions] == [1, 2]


def test_what_happens_in_a_base_path_that_moves(repo: Repo) -> None:
    base = repo.head
    source = _moved(repo)
    repo.model("store/a/3", "three").write("store/a/1/variables/variables.index", "other")
    shutil.rmtree(repo.file("store/a/2"))
    repo.commit()
    change = changes_of(repo, base, [source])["a"]
    assert events_of(change) == {"1": "CHANGED", "2": "DELETED", "3": "ADDED"}
    changed = change.child("1")
    assert changed is not None
    assert changed.files == ("store/a/1/variables/variables.index",)
    deleted = change.child("2")
    assert deleted is not None
    assert (deleted.held_model, deleted.holds_model) == (True, True)
    assert candidates_of(change) == [("1", "CHANGED", 3), ("3", "ADDED", None)]


def test_a_version_that_is_renamed_as_its_base_path_moves(repo: Repo) -> None:
    base = repo.head
    source = _moved(repo)
    repo.move("store/a/2", "store/a/5").commit()
    change = changes_of(repo, base, [source])["a"]
    assert events_of(change) == {"1": "UNCHANGED", "2": "DELETED", "5": "RENAMED"}


def test_what_is_on_disk_alone_in_a_base_path_that_moves(repo: Repo) -> None:
    base = repo.head
    source = _moved(repo)
    repo.write("store/a/1/variables/variables.index", "other")
    change = changes_of(repo, base, [source])["a"]
    assert events_of(change) == {"1": "CHANGED", "2": "UNCHANGED"}
