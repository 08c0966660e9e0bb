from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.evidence.saved_model import files, reading
from servegate.facts.settings import Settings
from servegate.findings import Location
from servegate.providers import Broken
from tests.support.changes import pointer_to
from tests.support.checkpoints import write_linear_model
from tests.support.evidence import candidate, change, finding, findings
from tests.support.repos import Repo
from tests.support.tinymodels import write_model
from validators.version.files_complete import files_complete

_PLACE = "models/prices/2"
_POINTER = pointer_to(b"weights")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository with a whole version 2 that has variables in two shards."""
    made = Repo(tmp_path)
    write_linear_model(made.file(_PLACE), shards=2)
    return made


def _check(repo: Repo) -> Outcome:
    asked = candidate(root=repo.file(_PLACE))
    changed = replace(change(), root=repo.path)
    return files_complete(
        asked, changed, files(asked, changed), reading(asked, changed, Settings())
    )


def test_whole_version(repo: Repo) -> None:
    assert not findings(_check(repo))


def test_pointer_that_was_not_fetched_is_not_the_models_fault(repo: Repo) -> None:
    repo.write(".gitattributes", "*.pb filter=lfs diff=lfs merge=lfs -text\n")
    repo.write(f"{_PLACE}/saved_model.pb", _POINTER)

    with pytest.raises(Broken, match=r"saved_model\.pb") as broken:
        list(_check(repo))
    assert "lfs: true" in broken.value.remedy


def test_pointer_that_was_committed_beats_one_that_was_not_fetched(repo: Repo) -> None:
    repo.write(".gitattributes", "*.pb filter=lfs\n")
    repo.write(f"{_PLACE}/saved_model.pb", _POINTER)
    repo.write(f"{_PLACE}/assets/vocabulary.txt", _POINTER)

    assert finding(_check(repo)).location == Location(file=f"{_PLACE}/assets/vocabulary.txt")


def test_every_pointer_is_a_finding(repo: Repo) -> None:
    for file in repo.file(f"{_PLACE}/variables").iterdir():
        file.write_text(_POINTER, "utf-8")

    assert len(findings(_check(repo))) == 3


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00random", b"item { id: 1 }"])
def test_graph_that_is_none_is_one_finding(repo: Repo, content: bytes) -> None:
    repo.write(f"{_PLACE}/saved_model.pb", content)

    assert finding(_check(repo)).location == Location(file=f"{_PLACE}/saved_model.pb")


def test_dangling_link_to_an_unused_file(repo: Repo) -> None:
    repo.link(f"{_PLACE}/notes", "nowhere")

    assert "symbolic link that leads nowhere" in finding(_check(repo)).message


def test_what_other_checks_tell_of_is_left_to_them(repo: Repo) -> None:
    for file in repo.file(f"{_PLACE}/variables").iterdir():
        file.unlink()
    assert not findings(_check(repo))
    write_model(repo.file(_PLACE), tags=("train",))
    assert not findings(_check(repo))


def test_graph_behind_a_dangling_link_is_told_once(repo: Repo) -> None:
    repo.file(f"{_PLACE}/saved_model.pb").unlink()
    repo.link(f"{_PLACE}/saved_model.pb", "nowhere")

    assert "symbolic link that leads nowhere" in finding(_check(repo)).message
