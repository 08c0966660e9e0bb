"""Builds by the docker command: BuildKit cannot be had through the engine's plain API."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.isolation.environment import scrubbed
from servegate.isolation.process import Child, Command
from servegate.isolation.workspace import Workspace, new_folder
from servegate.serving.docker.engine import address, trouble

_DOCKER = "docker"
# What the command needs beyond a plain program: which engine, whose registries, the way to them.
_PASSED_ON = ("DOCKER_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_ABSENT = ("buildx component is missing", "is not a docker command", "unknown command: docker")
_INSTEAD = "build the image in an earlier step and name it as `serving.built_image`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What is to be built: `reason` is what in the Dockerfile needs BuildKit."""

    dockerfile: Path
    context: Path
    tag: str
    labels: Mapping[str, str]
    reason: str


def build_by_command(build: Build, deadline: Deadline, *, doing: str) -> None:
    """Builds and tags an image in the engine of this run. Raises `CannotTell`.

    It is the engine's own BuildKit whatever builder the job has set up: another one would neither
    see the engine's images nor leave the new one there.
    """
    program = shutil.which(_DOCKER)
    if program is None:
        raise _not_possible(build.reason, "there is no docker command on the PATH")
    with Workspace() as workspace:
        folder = workspace.path
        plugin = _ran((program, "buildx", "version"), build, folder, deadline)[0] == 0
        verb = ("buildx", "build", "--builder=default", "--load") if plugin else ("build",)
        status, said = _ran((program, *verb, *_arguments(build)), build, folder, deadline)
    if status and any(words in said for words in _ABSENT):
        raise _not_possible(build.reason, "the docker command has no buildx")
    if status:
        raise _failed(doing, said.strip())


def _arguments(build: Build) -> tuple[str, ...]:
    return (
        "--progress=plain",
        f"--file={build.dockerfile}",
        f"--tag={build.tag}",
        *(f"--label={name}={value}" for name, value in build.labels.items()),
        str(build.context),
    )


def _ran(
    argv: tuple[str, ...], build: Build, workspace: Path, deadline: Deadline
) -> tuple[int, str]:
    """A command's exit status and the end of its output."""
    folder = new_folder(workspace, "docker")
    command = Command(argv=argv, directory=build.context, environment=_environment())
    with Child.start(command, folder=folder) as child:
        return child.wait(deadline).status, child.output()


def _environment() -> dict[str, str]:
    given = {
        name: value for name, value in os.environ.items() if name.upper().startswith(_PASSED_ON)
    }
    # The engine that the rest of the run uses, also where the command's context is another.
    given.pop("DOCKER_CONTEXT", None)
    return scrubbed({**given, "DOCKER_BUILDKIT": "1", "DOCKER_HOST": address()})


def _failed(doing: str, said: str) -> CannotTell:
    """The last line is the engine's; what stands before it is the log of the steps."""
    error = trouble(doing, said.rpartition("\n")[2])
    return CannotTell(f"{error.message}\n{said}", remedy=error.remedy)


def _not_possible(reason: str, why: str) -> CannotTell:
    return CannotTell(
        f"`serving.dockerfile` needs BuildKit ({reason}), and {why}.",
        remedy=f"Install Docker's command with buildx, or {_INSTEAD}",
    )
