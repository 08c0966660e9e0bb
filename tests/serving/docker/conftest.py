from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from servegate.serving.docker.host import DockerHost
from servegate.serving.docker.settings import DockerSettings
from tests.support.engine import engine


@pytest.fixture(scope="module")
def client() -> Iterator[docker.APIClient]:
    with engine() as connected:
        yield connected


@pytest.fixture
def host(serving_image: str, tmp_path: Path) -> Iterator[DockerHost]:
    with DockerHost(DockerSettings(files=tmp_path, image=serving_image)) as host:
        yield host
