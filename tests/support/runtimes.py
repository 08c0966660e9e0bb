"""The runtimes that run processes of this machine, and what tests start with them."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from servegate.facts.serving import Launch, Runtime, ServedModel
from servegate.serving.binary import PROGRAM, BinaryRuntime
from servegate.serving.embedded import ENTRYPOINT, EmbeddedRuntime
from servegate.tfserving.policy import PolicyKind, VersionPolicy

ALL = VersionPolicy(kind=PolicyKind.ALL)

# "wrapped": the code of `binary`, with a program of its name on the PATH that is the embedded one.
# It differs from `embedded` by the program's name alone.
PRESENT = (
    "embedded",
    pytest.param("wrapped", marks=pytest.mark.long),
    *(["binary"] if shutil.which(PROGRAM) else []),
)


def runtime(kind: str, workspace: Path) -> Runtime:
    """One of `PRESENT`; for "wrapped" see `wrapper_on_path`."""
    return EmbeddedRuntime(workspace) if kind == "embedded" else BinaryRuntime(workspace)


def wrapper_on_path(folder: Path) -> str:
    """A PATH on which `tensorflow_model_server` is the embedded server."""
    program = folder / PROGRAM
    command = f"{shlex.quote(sys.executable)} {shlex.quote(str(ENTRYPOINT))}"
    program.write_text(f'#!/bin/sh\nexec {command} serve "$@"\n')
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def launch(base_path: Path, policy: VersionPolicy | None = None, name: str = "m") -> Launch:
    """One model, polled as often as TF Serving can."""
    model = ServedModel(name=name, base_path=base_path, policy=policy or VersionPolicy())
    return Launch(models=(model,), flags=("--file_system_poll_wait_seconds=1",))
