"""What a server's container may do, and what it is told to be."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.facts.serving import LoadFailed, ServerFailed
from servegate.serving.docker import host as host_module
from servegate.serving.docker.host import DockerHost
from servegate.serving.docker.runtime import DockerRuntime
from servegate.serving.docker.settings import DockerSettings
from servegate.serving.server import ModelServer
from servegate.tfserving.versions import Version
from tests.support.bench import container_of
from tests.support.engine import derived, large_model
from tests.support.runtimes import launch
from tests.support.tinymodels import write_model

pytestmark = pytest.mark.docker
ONE = Version(1)
SOON = 60.0
MEBIBYTE = 2**20


def started(settings: DockerSettings, models: Path) -> Iterator[tuple[DockerRuntime, ModelServer]]:
    with DockerHost(settings) as host:
        runtime = DockerRuntime(host)
        server = runtime.start(launch(models), Deadline.after(SOON))
        try:
            yield runtime, server
        finally:
            server.stop()


@pytest.fixture(scope="module")
def running(
    serving_image: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DockerRuntime, ModelServer]]:
    folder = tmp_path_factory.mktemp("repository")
    write_model(folder / "m" / "1")
    settings = DockerSettings(
        files=folder, image=serving_image, user=1234, memory=2**31, revision="0123abc"
    )
    for runtime, server in started(settings, folder / "m"):
        server.await_version("m", ONE, Deadline.after(SOON))
        yield runtime, server


def test_the_container_is_confined(
    client: docker.APIClient, running: tuple[DockerRuntime, ModelServer]
) -> None:
    found: Any = client.inspect_container(container_of(running[1]))
    confined, config = found["HostConfig"], found["Config"]
    assert config["User"] == "1234"
    assert confined["CapDrop"] == ["ALL"]
    assert confined["SecurityOpt"] == ["no-new-privileges"]
    assert confined["ReadonlyRootfs"] is True
    assert confined["Memory"] == confined["MemorySwap"] == 2**31
    assert confined["PidsLimit"] == 4096
    assert confined["RestartPolicy"]["Name"] == "no"
    assert confined["AutoRemove"] is False
    assert confined["LogConfig"]["Config"]["max-size"]
    assert not confined["Binds"]
    assert not confined["PortBindings"]
    (network,) = found["NetworkSettings"]["Networks"]
    assert client.inspect_network(network)["Internal"] is True


def test_only_tmp_can_be_written(
    client: docker.APIClient, running: tuple[DockerRuntime, ModelServer]
) -> None:
    def run(script: str) -> int:
        command = ["bash", "-c", script]
        made = client.exec_create(container_of(running[1]), command, user="1234")["Id"]
        client.exec_start(made)
        return int(client.exec_inspect(made)["ExitCode"])

    assert run("touch /tmp/x") == 0
    assert run("touch /models/x") != 0
    assert run("touch /x") != 0


def test_the_image_says_what_it_holds(
    client: docker.APIClient, running: tuple[DockerRuntime, ModelServer]
) -> None:
    image = running[0].image
    assert image is not None
    labels = client.inspect_image(image.id)["Config"]["Labels"]  # type: ignore[no-untyped-call]
    assert labels["org.opencontainers.image.title"] == "m"
    assert labels["org.opencontainers.image.version"] == "1"
    assert labels["org.opencontainers.image.revision"] == "0123abc"
    assert labels["servegate.gate"]


def test_a_model_over_productions_memory_is_a_failed_load(
    serving_image: str, tmp_path: Path
) -> None:
    large_model(tmp_path / "1")
    settings = DockerSettings(files=tmp_path, image=serving_image, memory=64 * MEBIBYTE)
    for _, server in started(settings, tmp_path):
        with pytest.raises(LoadFailed, match=r"137.* than the 0\.0625 GiB of `serving\.memory`"):
            server.await_version("m", ONE, Deadline.after(SOON))


def test_a_model_over_the_machines_memory_is_no_verdict(
    serving_image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large_model(tmp_path / "1")
    settings = DockerSettings(files=tmp_path, image=serving_image)
    with DockerHost(settings) as host:
        total = host.client().info()["MemTotal"]
    monkeypatch.setattr(host_module, "_SHARE", 64 * MEBIBYTE / total)
    for _, server in started(settings, tmp_path):
        with pytest.raises(ServerFailed, match=r"137.*`serving\.memory` says"):
            server.await_version("m", ONE, Deadline.after(SOON))


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("exit 132", "132.*instructions that this machine's processor does not have"),
        ("exit 255", "exit status 255: it gave up"),
        ("exit 137", "137: ended from outside"),
        ("exit 3", r"exit status 3\)"),
    ],
)
def test_each_end_has_its_sentence(
    client: docker.APIClient, serving_image: str, tmp_path: Path, command: str, said: str
) -> None:
    write_model(tmp_path / "m" / "1")
    entrypoint = f'ENTRYPOINT ["bash", "-c", "{command}", "server"]'
    with derived(client, serving_image, entrypoint) as image:
        for _, server in started(DockerSettings(files=tmp_path, image=image), tmp_path / "m"):
            with pytest.raises(ServerFailed, match=said):
                server.await_version("m", ONE, Deadline.after(SOON))


def test_an_image_without_a_server_is_no_verdict(
    client: docker.APIClient, serving_image: str, tmp_path: Path
) -> None:
    with (
        derived(client, serving_image, 'ENTRYPOINT ["/usr/bin/no-such-program"]') as image,
        DockerHost(DockerSettings(files=tmp_path, image=image)) as host,
        pytest.raises(CannotTell, match="cannot be executed"),
    ):
        DockerRuntime(host).start(launch(tmp_path), Deadline.after(SOON))


_INSIDE = """
    import json, sys
    sys.path.insert(0, "/opt/servegate")
    from pathlib import Path
    from servegate.deadline import Deadline
    from servegate.facts.serving import Launch, ServedModel
    from servegate.serving.docker.host import DockerHost
    from servegate.serving.docker.network import own_container
    from servegate.serving.docker.runtime import DockerRuntime
    from servegate.serving.docker.settings import DockerSettings
    with DockerHost(DockerSettings(files=Path("/repository"), image=sys.argv[1])) as host:
        model = ServedModel(name="m", base_path=Path("/repository/m"))
        server = DockerRuntime(host).start(Launch(models=(model,)), Deadline.after(60))
        try:
            server.await_version("m", 1, Deadline.after(60))
            answered = server.rest_version("m", Deadline.after(10))
            print(json.dumps([own_container(host.client()) is not None, answered]))
        finally:
            server.stop()
"""


def test_a_gate_in_a_container_reaches_its_server(
    client: docker.APIClient, serving_image: str, tmp_path: Path
) -> None:
    write_model(tmp_path / "m" / "1")
    socket = Path("/var/run/docker.sock")
    if not serving_image.startswith("servegate-standin") or not socket.is_socket():
        pytest.skip("the gate itself is only in the stand-in, and needs the engine's socket")
    made = client.create_container(
        serving_image,
        entrypoint=["env", "PYTHONPATH=/opt/servegate/packages", "python3", "-c"],
        command=[textwrap.dedent(_INSIDE), serving_image],
        host_config=client.create_host_config(
            binds=[f"{socket}:{socket}", f"{tmp_path}:/repository:ro"]
        ),
    )
    try:
        client.start(made["Id"])
        ended = client.wait(made["Id"], timeout=100)
        said = bytes(client.logs(made["Id"])).decode()
        assert ended["StatusCode"] == 0, said
        assert json.loads(said.splitlines()[-1]) == [True, 1]
    finally:
        client.remove_container(made["Id"], force=True)
