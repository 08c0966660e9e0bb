"""Which files a repository declares to be in Git LFS; a real git is asked."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from servegate.errors import CannotTell
from servegate.savedmodel.gitattributes import declared_in_lfs


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def test_the_whole_chain_counts(repository: Path) -> None:
    models = repository / "models"
    models.mkdir()
    (repository / ".gitattributes").write_text("*.pb filter=lfs diff=lfs\n*.txt filter=other\n")
    (models / ".gitattributes").write_text("small.pb -filter\nvariables/** filter=lfs\n")
    names = ["saved_model.pb", "small.pb", "vocab.txt", "variables/variables.index", "none"]
    found = declared_in_lfs(models, names)
    assert found == {"saved_model.pb", "variables/variables.index"}


def test_odd_names(repository: Path) -> None:
    (repository / ".gitattributes").write_text("* filter=lfs\n")
    names = ["a b.pb", "new\nline.pb", "ö.pb", "caf\udce9.pb", '"quoted".pb', "-n"]
    assert declared_in_lfs(repository, names) == frozenset(names)


def test_nothing_is_declared_outside_a_repository(tmp_path: Path) -> None:
    (tmp_path / ".gitattributes").write_text("* filter=lfs\n")
    assert declared_in_lfs(tmp_path, ["saved_model.pb"]) == frozenset()


def test_no_question_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert declared_in_lfs(tmp_path, []) == frozenset()
    with pytest.raises(CannotTell):
        declared_in_lfs(tmp_path, ["saved_model.pb"])


def test_a_repository_that_git_refuses_is_no_answer(repository: Path) -> None:
    (repository / ".git" / "config").write_text("[broken")
    with pytest.raises(CannotTell, match="git could not be asked"):
        declared_in_lfs(repository, ["saved_model.pb"])


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(CannotTell):
        declared_in_lfs(tmp_path / os.fsdecode(b"gone\xff"), ["saved_model.pb"])
