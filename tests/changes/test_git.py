from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from servegate.changes.git import Git, GitFailed, GitMissing, GitTimedOut, open_repository
from servegate.changes.objects import blob_sizes, open_objects
from servegate.deadline import Deadline
from servegate.errors import Interrupted
from tests.support.changes import difference_of, opened
from tests.support.processes import alive, eventually
from tests.support.repos import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "repo").write("file", "content\n")
    repo.commit()
    return repo


def _script(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    script = folder / "git"
    script.write_text(f"#!/bin/sh\n{text}\n")
    script.chmod(0o755)
    return folder


def test_no_repository(tmp_path: Path) -> None:
    assert open_repository(tmp_path, Deadline.after(60)) is None
    (tmp_path / ".git").mkdir()  # as an interrupted clone leaves it
    assert open_repository(tmp_path, Deadline.after(60)) is None


def test_git_is_missing(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitMissing, match="Install git"):
        open_repository(repo.path, Deadline.after(60))
    assert open_repository(tmp_path, Deadline.after(60)) is None


def test_git_that_hangs_ends_with_the_deadline(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child"
    folder = _script(tmp_path / "bin", f"sleep 600 & echo $! > {child}; wait")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    with pytest.raises(GitTimedOut, match="git status"):
        Git(root=repo.path, deadline=Deadline.after(1)).run("status")
    # Its children went with it.
    pid = int(child.read_text())
    assert eventually(lambda: not alive(pid))


def test_an_interruption_ends_a_hanging_git(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _script(tmp_path / "bin", "sleep 600")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    deadline = Deadline.after(600)
    threading.Timer(0.3, deadline.cancelled.set).start()
    with pytest.raises(Interrupted):
        Git(root=repo.path, deadline=deadline).run("status")


def test_output_that_fills_both_pipes(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _script(tmp_path / "bin", "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    assert len(opened_without_asking(repo).run("status")) == 300_000


def opened_without_asking(repo: Repo) -> Git:
    return Git(root=repo.path, deadline=Deadline.after(60))


def test_a_failure_carries_gits_words(repo: Repo) -> None:
    with pytest.raises(GitFailed, match="Not a valid object name") as failure:
        opened(repo.path).run("cat-file", "commit", "nope")
    assert failure.value.exit_code == 3


def test_variables_of_a_surrounding_hook_do_not_lead_astray(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repo(tmp_path / "other")
    other.write("other").commit()
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.path / ".git" / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.path))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    assert opened(repo.path).commit("HEAD") == repo.head
    assert set(difference_of(repo, repo.head).head) == {"file"}


def test_the_repositorys_settings_start_nothing(repo: Repo, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    script = tmp_path / "trap"
    script.write_text(f"#!/bin/sh\ntouch {trap}\n")
    script.chmod(0o755)
    for setting in ("core.fsmonitor", "core.pager", "diff.external", "diff.x.textconv"):
        repo.git("config", setting, str(script))
    repo.git("config", "core.hooksPath", str(tmp_path))
    (tmp_path / "post-index-change").symlink_to(script)
    repo.write(".gitattributes", "* diff=x\n").write("file", "changed\n")
    assert difference_of(repo, "HEAD").changed == {"file", ".gitattributes"}
    assert not trap.exists()


def test_settings_that_change_the_output_do_not(repo: Repo) -> None:
    for setting, value in {
        "diff.renames": "copies",
        "diff.noprefix": "true",
        "diff.relative": "false",
        "core.quotePath": "true",
        "core.abbrev": "7",
        "color.ui": "always",
        "diff.ignoreSubmodules": "all",
        "status.showUntrackedFiles": "no",
    }.items():
        repo.git("config", setting, value)
    base = repo.head
    repo.move("file", "sub/ä").write("new").commit()
    assert difference_of(repo, base).changed == {"file", "sub/ä", "new"}


def test_objects(repo: Repo) -> None:
    blob = repo.git("rev-parse", "HEAD:file")
    git = opened(repo.path)
    assert blob_sizes(git, [blob, blob, "1" * 40]) == {blob: 8}
    assert blob_sizes(git, []) == {}
    with open_objects(git) as objects:
        assert objects.read(blob) == objects.read(blob) == b"content\n"
        with pytest.raises(GitFailed, match="missing"):
            objects.read("1" * 40)
        assert objects.read(blob) == b"content\n"
    with open_objects(git) as objects, pytest.raises(GitFailed, match="tree"):
        objects.read(repo.git("rev-parse", "HEAD^{tree}"))


def test_an_object_reader_that_dies_is_a_failure(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _script(tmp_path / "bin", "read line; echo $line blob 100; echo half")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    with (
        open_objects(opened_without_asking(repo)) as objects,
        pytest.raises(GitFailed, match="too early"),
    ):
        objects.read("1" * 40)


def test_an_object_reader_that_hangs_ends_with_the_deadline(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _script(tmp_path / "bin", "sleep 600")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    git = Git(root=repo.path, deadline=Deadline.after(0.5))
    with open_objects(git) as objects, pytest.raises(GitTimedOut):
        objects.read("1" * 40)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's repository")
def test_a_repository_of_another_user_is_read(repo: Repo) -> None:
    for path in (repo.path, repo.path / ".git"):
        os.chown(path, 12345, 12345)
    assert opened(repo.path).commit("HEAD")
