"""What is wrong with the engine or the image is never a verdict, and comes with a cure."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.serving.docker.engine import connect
from servegate.serving.docker.host import DockerHost
from servegate.serving.docker.runtime import DockerRuntime
from servegate.serving.docker.settings import DockerSettings
from tests.support.engine import tiny_image
from tests.support.processes import eventually
from tests.support.runtimes import launch
from tests.support.tinymodels import write_model

SOON = 60.0
MEBIBYTE = 2**20


def start(settings: DockerSettings, folder: Path) -> None:
    with DockerHost(settings) as host:
        DockerRuntime(host).start(launch(folder), Deadline.after(SOON)).stop()


def test_no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'docker.sock'}")
    with pytest.raises(CannotTell, match="No Docker engine answers") as told:
        start(DockerSettings(files=tmp_path), tmp_path)
    assert "--runtime embedded" in told.value.remedy


@pytest.mark.docker
@pytest.mark.parametrize(
    "image",
    ["localhost:1/no/such:image", f"localhost:1/no/such@sha256:{'0' * 64}"],
    ids=["by tag", "by digest"],
)
@pytest.mark.usefixtures("client")
def test_an_image_that_cannot_be_pulled(tmp_path: Path, image: str) -> None:
    with pytest.raises(CannotTell, match=f"The serving image {image} could not be pulled") as told:
        start(DockerSettings(files=tmp_path, image=image), tmp_path)
    assert "serving.image" in told.value.remedy


@contextmanager
def small_engine(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Docker engine of its own on a disk of 24 MiB, found by DOCKER_HOST."""
    data = folder / "data"
    data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "servegate", data], check=True)
    command = [
        # Without a bridge of its own it would remove the bridge of the machine's engine.
        *("unshare", "--net"),
        "dockerd",
        f"--host=unix://{folder / 'docker.sock'}",
        f"--data-root={data}",
        f"--exec-root={folder / 'exec'}",
        f"--pidfile={folder / 'docker.pid'}",
        "--storage-driver=vfs",
        "--bridge=none",
        "--iptables=false",
    ]
    try:
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(command, stdout=log, stderr=log) as process,
        ):
            try:
                yield process
            finally:
                process.terminate()
    finally:
        subprocess.run(["umount", "--lazy", data], check=True)


@pytest.fixture
def engine_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[subprocess.Popen[bytes]]:
    if os.geteuid() != 0 or not all(map(shutil.which, ("dockerd", "unshare"))):
        pytest.skip("a second engine needs root, dockerd and unshare")
    # The path of a socket is short.
    with tempfile.TemporaryDirectory(prefix="sg-", ignore_cleanup_errors=True) as short:
        folder = Path(short)
        monkeypatch.setenv("DOCKER_HOST", f"unix://{folder / 'docker.sock'}")
        with small_engine(folder) as process:
            assert eventually(answers), (folder / "log").read_text()
            yield process


def answers() -> bool:
    try:
        connect().close()
    except CannotTell:
        return False
    return True


def tiny(folder: Path) -> str:
    """An image of a few bytes in the engine of its own."""
    (folder / "empty").mkdir()
    with closing(connect()) as client:
        tiny_image(client, folder / "empty", "FROM scratch\nCOPY Dockerfile /\n", "tiny:1")
    return "tiny:1"


@pytest.mark.docker
@pytest.mark.usefixtures("engine_of_its_own")
def test_a_full_disk(tmp_path: Path) -> None:
    image = tiny(tmp_path)
    version = write_model(tmp_path / "m" / "1")
    (version / "variables").mkdir()
    with (version / "variables" / "variables.data-00000-of-00001").open("wb") as weights:
        weights.write(os.urandom(40 * MEBIBYTE))
    with pytest.raises(CannotTell, match="disk is full") as told:
        start(DockerSettings(files=tmp_path, image=image), tmp_path / "m")
    assert "docker system" in told.value.remedy


@pytest.mark.docker
def test_an_engine_that_stops(engine_of_its_own: subprocess.Popen[bytes], tmp_path: Path) -> None:
    image = tiny(tmp_path)
    write_model(tmp_path / "m" / "1")
    with DockerHost(DockerSettings(files=tmp_path, image=image)) as host:
        host.base(Deadline.after(SOON))
        engine_of_its_own.terminate()
        engine_of_its_own.wait()
        with pytest.raises(CannotTell, match="stopped answering") as told:
            DockerRuntime(host).start(launch(tmp_path / "m"), Deadline.after(SOON))
    assert "docker info" in told.value.remedy
