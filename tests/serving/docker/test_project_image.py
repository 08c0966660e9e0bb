"""Production's own Dockerfile, built by the engine, or by the docker command where that has to."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import docker
import pytest

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.serving.docker.host import DockerHost
from servegate.serving.docker.image_files import ImageFiles
from servegate.serving.docker.settings import DockerSettings
from tests.support.engine import objects_of

pytestmark = pytest.mark.docker
SOON = 60.0
PLAIN = "COPY models /models\n"
MODERN = """COPY --chmod=600 models/m/1/saved_model.pb /models/m/1/
RUN --mount=type=tmpfs,target=/scratch echo made >/models/m/1/made
"""


@pytest.fixture
def project(tmp_path: Path, serving_image: str) -> Path:
    """A repository with a model; a test adds the Dockerfile's end."""
    version = tmp_path / "models" / "m" / "1"
    version.mkdir(parents=True)
    (version / "saved_model.pb").write_text("graph")
    (tmp_path / "secret").touch()
    (tmp_path / ".dockerignore").write_text("secret\n")
    (tmp_path / "Dockerfile").write_text(f"FROM {serving_image}\n")
    return tmp_path


def built(project: Path, instructions: str) -> dict[str, bool]:
    """What the image holds below /models/m/1, and whether a stranger may read it."""
    dockerfile = project / "Dockerfile"
    with dockerfile.open("a") as opened:
        opened.write(instructions)
    settings = DockerSettings(files=project, dockerfile=dockerfile, user=4321)
    with DockerHost(settings) as host:
        tree = ImageFiles(host).tree("/models/m/1", Deadline.after(SOON))
    return {name: file.readable for name, file in tree.files.items()}


def commands() -> list[Path]:
    """The docker commands of this machine; the first is the one that a shell would find."""
    folders = map(Path, os.environ["PATH"].split(os.pathsep))
    return [folder / "docker" for folder in folders if os.access(folder / "docker", os.X_OK)]


@pytest.fixture
def buildkit(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A docker command that can build with BuildKit, and the first one on the PATH."""
    folder = tmp_path_factory.mktemp("try")
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY --chmod=600 Dockerfile /\n")
    for command in commands():
        done = subprocess.run(
            [command, "build", "--output=type=local,dest=out", "."],
            cwd=folder,
            env={**os.environ, "DOCKER_BUILDKIT": "1"},
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
            return command
    pytest.skip("no docker command here builds with BuildKit")


def test_an_image_is_read_whatever_lies_beside_the_candidate(project: Path) -> None:
    beside = project / "models" / "m" / "0"
    beside.mkdir()
    (beside / "weights").write_bytes(os.urandom(8 * 2**20))

    assert built(project, PLAIN) == {"saved_model.pb": True}


def images(client: docker.APIClient) -> int:
    return len([one for one in objects_of(client, os.getpid()) if one.startswith("image")])


def test_the_engine_builds_what_needs_nothing_more(
    client: docker.APIClient, project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    before = images(client)
    assert built(project, PLAIN) == {"saved_model.pb": True}
    assert images(client) == before


@pytest.mark.usefixtures("buildkit")
def test_the_docker_command_builds_what_needs_buildkit(
    client: docker.APIClient, project: Path
) -> None:
    before = images(client)
    assert built(project, MODERN) == {"saved_model.pb": False, "made": True}
    assert images(client) == before


SHIM = """#!/bin/sh
# As Docker's command with buildx, whose build it hands to a command that has BuildKit built in.
test "$1 $2" = "buildx version" && exit 0
echo "$@" >"$(dirname "$0")/asked"
test "$1 $2 $3 $4" = "buildx build --builder=default --load" || exit 64
shift 4
exec '{command}' build "$@"
"""


def test_buildx_builds_where_it_is_there(
    project: Path, buildkit: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shim = executable(tmp_path_factory.mktemp("bin"), SHIM.format(command=buildkit))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")
        assert built(project, MODERN) == {"saved_model.pb": False, "made": True}
    assert (shim.parent / "asked").read_text().startswith("buildx build")


@pytest.mark.usefixtures("buildkit")
def test_a_build_that_fails_is_no_verdict_and_its_log_is_told(
    client: docker.APIClient, project: Path
) -> None:
    before = images(client)
    with pytest.raises(CannotTell, match="failed while building production's image") as told:
        built(project, "RUN --mount=type=tmpfs,target=/s echo Connection lost && false\n")
    assert "Connection lost" in told.value.message
    assert "stopped answering" not in told.value.message
    assert images(client) == before


def executable(folder: Path, text: str) -> Path:
    file = folder / "docker"
    file.write_text(text)
    file.chmod(0o755)
    return file


def test_without_the_docker_command_it_says_what_to_do(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotTell, match=r"BuildKit \(COPY --chmod\).* no docker command") as told:
        built(project, MODERN)
    assert "serving.built_image" in told.value.remedy


# What Docker's commands say: 23 and later, and 20.10 as some distributions build it.
WITHOUT_BUILDX = (
    "ERROR: BuildKit is enabled but the buildx component is missing or broken.",
    "docker: 'buildx' is not a docker command.",
)


@pytest.mark.parametrize("said", WITHOUT_BUILDX)
def test_without_buildx_it_says_what_to_do(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str
) -> None:
    executable(tmp_path, f'#!/bin/sh\necho "{said}" >&2\nexit 1\n')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(CannotTell, match="the docker command has no buildx") as told:
        built(project, MODERN)
    assert "serving.built_image" in told.value.remedy
