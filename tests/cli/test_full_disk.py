"""A disk that is full is no verdict on a model."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.gaterun import gate
from tests.support.repos import Repo
from tests.support.tinymodels import write_model


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a file system in memory with the options given; Python wants 4 kB to take it."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    place = tmp_path / "disk"

    def mount(options: str) -> Path:
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "servegate", str(place)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("nothing can be mounted here")
        return place

    yield mount
    subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("size=4k,nr_inodes=3", "The disk of this machine is full at"),
        ("size=4k,nr_inodes=6", "The disk of this machine is full at"),
        ("size=8k,nr_inodes=99", "the disk of its temporary directory is full"),
    ],
    ids=["before the server", "at its configuration", "while it writes"],
)
def test_no_room_for_temporary_files_is_undecided(
    repo: Repo, disk: Callable[[str], Path], options: str, said: str
) -> None:
    write_model(repo.file("models/m/1"))
    repo.commit()
    place = disk(options)
    run = gate(repo, extra={"TMPDIR": str(place)})
    assert run.exit_code == 3, run.output
    (message,) = run.statuses("m", "errored").values()
    assert said in message
    assert "TMPDIR" in run.ended.stdout
    assert list(place.iterdir()) == []


def test_no_room_for_the_reports_is_undecided(repo: Repo, disk: Callable[[str], Path]) -> None:
    write_model(repo.file("models/m/1"))
    repo.commit()
    folder = disk("size=4k,nr_inodes=99")
    run = gate(repo, f"--output={folder}")
    assert run.exit_code == 3, run.output
    assert "The disk of this machine is full" in run.ended.stderr
    assert not (folder / "report.json").exists()
