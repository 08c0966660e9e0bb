"""What quick commands do not import: seconds of TensorFlow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.gaterun import ENTRYPOINT, environment, scratch_directory
from tests.support.repos import Repo
from tests.support.tinymodels import write_model

HEAVY = ("tensorflow.python", "tensorflow._api", "tensorflow.compiler", "keras", "jax")


def imported(*arguments: str, cwd: Path) -> set[str]:
    """The modules that a command imports, by Python's own account."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(ENTRYPOINT), *arguments],
        cwd=cwd,
        env=environment(scratch_directory(cwd)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    rows = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {row.rpartition("|")[2].strip() for row in rows}


def test_inspect(tmp_path: Path) -> None:
    write_model(tmp_path / "m" / "1")
    modules = imported("inspect", str(tmp_path / "m"), cwd=tmp_path / "m")
    assert "servegate.inspection.inspect" in modules
    assert not [one for one in modules if one.startswith(HEAVY)]


def test_gate_on_an_unchanged_repository(repo: Repo) -> None:
    write_model(repo.file("models/m/1"))
    repo.commit()
    modules = imported("gate", "--base", "HEAD", cwd=repo.path)
    assert "servegate.pipeline.gate" in modules
    assert not [one for one in modules if one.startswith((*HEAVY, "tensorflow", "numpy", "grpc"))]
