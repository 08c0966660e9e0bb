"""The runtimes that are present, each on the bench."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from servegate.serving.docker.host import DockerHost
from servegate.serving.docker.runtime import DockerRuntime
from servegate.serving.docker.settings import DockerSettings
from tests.support.bench import Bench, DockerBench, LocalBench
from tests.support.runtimes import PRESENT, runtime, wrapper_on_path


@pytest.fixture(scope="module", params=[*PRESENT, pytest.param("docker", marks=pytest.mark.docker)])
def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    workspace = tmp_path_factory.mktemp("workspace")
    if request.param == "docker":
        settings = DockerSettings(files=workspace, image=request.getfixturevalue("serving_image"))
        with DockerHost(settings) as host:
            yield DockerBench(DockerRuntime(host), host.client(), workspace)
        return
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "wrapped":
            patch.setenv("PATH", wrapper_on_path(tmp_path_factory.mktemp("bin")))
        yield LocalBench(runtime(request.param, workspace), workspace)
