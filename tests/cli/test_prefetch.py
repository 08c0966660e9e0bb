from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from servegate.serving.docker.settings import DEFAULT_IMAGE
from tests.support.gaterun import ENTRYPOINT, entrypoint
from tests.support.processes import eventually
from tests.support.repos import Repo

DOCKER = """#!/bin/sh
test "$1" != image && echo "$@" >"$RUNNER_TEMP/asked"
"""


@pytest.fixture
def docker(tmp_path: Path) -> Path:
    """A `docker` that writes down what it was asked."""
    file = tmp_path / "bin" / "docker"
    file.parent.mkdir()
    file.write_text(DOCKER)
    file.chmod(0o755)
    return file


def pulled(repo: Repo, docker: Path, *arguments: str) -> str:
    """What was pulled; "" when the command said that it pulls nothing."""
    folder = docker.parent
    asked = folder / "asked"
    asked.unlink(missing_ok=True)
    extra = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "RUNNER_TEMP": str(folder)}
    ended = entrypoint("prefetch", *arguments, cwd=repo.path, extra=extra)
    assert ended.exit_code == 0, ended.output
    if "in the background" not in ended.stdout:
        return ""
    assert eventually(lambda: asked.exists() and asked.read_text().endswith("\n"))
    return asked.read_text().strip().removeprefix("pull --quiet ")


@pytest.mark.parametrize(
    ("configuration", "image"),
    [
        (
            "serving:\n  image: tensorflow/serving:2.19.1  # production\n",
            "tensorflow/serving:2.19.1",
        ),
        ('serving:\n  user: 1\n  image: "a.b/c@sha256:0f"\n', "a.b/c@sha256:0f"),
        ("models: []\nserving: {rollout: image, image: 'x/y'}\n", "x/y"),
        ("serving:\n  built_image: mine\n", ""),
        ("serving:\n  dockerfile: deploy/Dockerfile\n", ""),
        ("serving:\n  rollout: image\n", DEFAULT_IMAGE),
        ("image: top/level\n", DEFAULT_IMAGE),
        ("serving:\n  image: --privileged\n", DEFAULT_IMAGE),
        ("", DEFAULT_IMAGE),
    ],
)
def test_the_image_is_the_configured_one(
    configuration: str, image: str, repo: Repo, docker: Path
) -> None:
    repo.write("servegate.yml", configuration)
    assert pulled(repo, docker) == image


def test_an_input_is_stronger_than_the_file(repo: Repo, docker: Path) -> None:
    repo.write("servegate.yml", "serving:\n  image: a\n").write("other.yml", "serving: {image: b}")
    assert pulled(repo, docker, "--serving-image=c:1") == "c:1"
    assert pulled(repo, docker, "--config=other.yml") == "b"


@pytest.mark.parametrize("image", ["--all-tags", "a b", "$(id)", "x\ny"])
def test_what_is_no_image_is_not_pulled(image: str, repo: Repo, docker: Path) -> None:
    assert pulled(repo, docker, f"--serving-image={image}") == ""


def test_an_image_that_is_there_is_not_pulled(repo: Repo, docker: Path) -> None:
    docker.write_text('#!/bin/sh\necho "$1" >>"$RUNNER_TEMP/asked"\n')
    assert pulled(repo, docker, "--serving-image=a") == "image"


def test_without_docker_it_goes_on(repo: Repo, tmp_path: Path) -> None:
    extra = {"PATH": str(tmp_path), "RUNNER_TEMP": str(tmp_path)}
    ended = entrypoint("prefetch", "--serving-image=a", cwd=repo.path, extra=extra)
    assert ended.exit_code == 0
    assert "there is no docker command" in ended.stdout


def test_it_needs_the_standard_library_alone(repo: Repo) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ENTRYPOINT), "prefetch"],
        cwd=repo.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
