"""`install`, as the action runs it: with a Python that has nothing but its standard library."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from servegate.cli import install
from servegate.errors import CannotTell
from tests.support.gaterun import ENTRYPOINT, PROJECT
from tests.support.runner import obeyed, outputs

NOWHERE = "http://127.0.0.1:1/"


def run(folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    alone = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": NOWHERE, "PIP_RETRIES": "0"}
    return subprocess.run(
        [sys.executable, "-I", "-S", str(ENTRYPOINT), "install", str(folder)],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **alone, **extra},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
def test_an_index_that_does_not_answer_is_no_verdict(tmp_path: Path) -> None:
    files = {
        name: str(tmp_path / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
    }
    done = run(tmp_path / "environment", GITHUB_ACTIONS="true", **files)
    assert done.returncode == 3, done.stderr
    (error,) = obeyed(done.stdout)
    assert error.name == "error"
    assert "Connection refused" in error.data
    assert "PIP_INDEX_URL" in error.data
    assert outputs(Path(files["GITHUB_OUTPUT"]).read_text())["verdict"] == "undecided"
    summary = Path(files["GITHUB_STEP_SUMMARY"]).read_text("utf-8")
    assert "Undecided: nothing was examined." in summary
    assert "The environment could not be installed." in summary
    assert "Traceback" not in done.stderr


def test_outside_a_job_it_says_so_in_plain_text(tmp_path: Path) -> None:
    done = run(tmp_path / "environment", PIP_NO_INDEX="1")
    assert (done.returncode, done.stdout) == (3, "")
    assert "No matching distribution" in done.stderr


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(tmp_path / "file" / "environment")
    assert done.returncode == 3
    assert "The environment could not be made." in done.stderr


def test_a_full_disk_is_told_as_one() -> None:
    said = "raise SystemExit('OSError: [Errno 28] No space left on device')"
    with pytest.raises(CannotTell, match="No space left") as told:
        install._run("The environment could not be made", sys.executable, "-c", said)
    assert "Make room" in told.value.remedy
