"""Models that git knows little or nothing of: ignored, DVC, LFS, submodules (H14)."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.changes.classify import model_changes
from servegate.changes.difference import read_difference
from servegate.changes.discovery import ModelSource, discover
from tests.support.changes import (
    candidates_of,
    changes_of,
    difference_of,
    events_of,
    pointer_to,
)
from tests.support.repos import Repo

A = ModelSource(name="a", path="models/a")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "repo")
    repo.write(".gitignore", "models/a/[0-9]*\n*.tmp\n.venv/\n").write("README.md").commit()
    return repo


def test_an_ignored_version_below_a_configured_path_is_a_candidate(repo: Repo) -> None:
    repo.model("models/a/6").model("models/a/7")
    change = changes_of(repo, repo.head, [A])["a"]
    assert events_of(change) == {"6": "ADDED", "7": "ADDED"}
    assert not any(child.in_git for child in change.children)
    # Which of them are new cannot be told.
    assert candidates_of(change) == [("7", "ADDED", None)]
    assert changes_of(repo, repo.head) == {}


def test_an_ignored_version_beside_those_in_git(repo: Repo) -> None:
    repo.git("add", "--force", "README.md")
    repo.model("models/a/6")
    repo.git("add", "--force", "models/a/6")
    base = repo.commit()
    repo.model("models/a/7").write("models/a/6/cache.tmp").write("models/a/8", "a file")
    change = changes_of(repo, base, [A])["a"]
    assert events_of(change) == {"6": "UNCHANGED", "7": "ADDED", "8": "ADDED"}


def test_a_version_taken_out_of_git_but_not_off_the_disk(repo: Repo) -> None:
    repo.model("models/a/6").model("models/a/7")
    repo.git("add", "--force", "models/a")
    base = repo.commit()
    repo.git("rm", "-r", "--quiet", "--cached", "models/a")
    repo.commit()
    repo.write("models/a/6/saved_model.pb", "changed\n")
    change = changes_of(repo, base, [A])["a"]
    assert events_of(change) == {"6": "CHANGED", "7": "UNCHANGED"}
    assert candidates_of(change) == [("6", "CHANGED", None)]
    # Without a configuration only git counts.
    assert events_of(changes_of(repo, base)["a"]) == {"6": "DELETED", "7": "DELETED"}


def test_an_untracked_version_counts_without_configuration(repo: Repo) -> None:
    base = repo.head
    repo.model("models/b/1").write("models/b/1/x.tmp")
    change = changes_of(repo, base)["b"]
    assert candidates_of(change) == [("1", "ADDED", None)]
    added = change.child("1")
    assert added is not None
    assert added.in_git
    assert "models/b/1/x.tmp" not in added.files


def test_ignored_trees_beside_a_root_model_are_not_walked(repo: Repo) -> None:
    repo.model("3").model(".venv/lib").commit()
    difference = difference_of(repo, repo.head, [ModelSource(name="root", path=".")])
    assert not any(path.startswith(".venv") for path in difference.head)


def test_lfs_pointers_are_compared_by_their_ids(repo: Repo) -> None:
    repo.write("models/b/1/saved_model.pb", pointer_to(b"one"))
    base = repo.commit()
    repo.write("models/b/2/saved_model.pb", pointer_to(b"two")).commit()
    change = changes_of(repo, base)["b"]
    assert events_of(change) == {"1": "UNCHANGED", "2": "ADDED"}


def test_the_content_of_a_pointer_is_the_pointer(repo: Repo) -> None:
    """As after a download by something other than git-lfs."""
    repo.write("models/b/1/saved_model.pb", pointer_to(b"one"))
    repo.write("models/b/2/saved_model.pb", pointer_to(b"two"))
    base = repo.commit()
    repo.write("models/b/1/saved_model.pb", "one").write("models/b/2/saved_model.pb", "2.0")
    assert events_of(changes_of(repo, base)["b"]) == {"1": "UNCHANGED", "2": "CHANGED"}


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    Repo(tmp_path, initialise=False).model("models/a/1").model(".venv/a/1")
    difference = read_difference(tmp_path, None, None)
    sources = discover(difference)
    assert [one.path for one in sources] == ["models/a"]
    (change,) = model_changes(sources, difference, everything=True)
    assert candidates_of(change) == [("1", "UNCHANGED", None)]


@pytest.fixture
def with_submodule(repo: Repo, tmp_path: Path) -> Repo:
    inner = Repo(tmp_path / "inner").model("a/1")
    inner.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", inner.path.as_uri(), "store")
    repo.commit()
    return repo


def test_a_submodule_is_no_obstacle(with_submodule: Repo) -> None:
    base = with_submodule.head
    with_submodule.model("models/b/1").commit()
    assert list(changes_of(with_submodule, base)) == ["b"]


def test_a_model_in_a_submodule(with_submodule: Repo) -> None:
    source = ModelSource(name="a", path="store/a")
    base = with_submodule.head
    assert changes_of(with_submodule, base, [source]) == {}
    store = Repo(with_submodule.path / "store")
    store.model("a/2").commit()
    with_submodule.commit("moves the submodule on")
    change = changes_of(with_submodule, base, [source])["a"]
    assert candidates_of(change) == [("2", "ADDED", None)]


def test_a_merge_conflict_is_a_change(repo: Repo) -> None:
    repo.model("models/b/1", "one")
    base = repo.commit()
    repo.branch("theirs").write("models/b/1/saved_model.pb", "theirs").commit()
    repo.checkout("main").write("models/b/1/saved_model.pb", "ours").commit()
    with pytest.raises(AssertionError):
        repo.git("merge", "theirs")
    change = changes_of(repo, base)["b"]
    assert events_of(change) == {"1": "CHANGED"}
