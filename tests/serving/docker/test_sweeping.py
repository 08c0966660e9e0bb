"""Nothing is left in the engine, after an end or a kill; and nothing of others is taken."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import pytest

from servegate.deadline import Deadline
from servegate.errors import Interrupted
from servegate.facts.serving import Launch
from servegate.isolation.owner import Owner
from servegate.serving.docker import labels
from servegate.serving.docker.host import DockerHost
from servegate.serving.docker.labels import OLD_SECONDS, OWNER, own_labels, sweep
from servegate.serving.docker.runtime import DockerRuntime
from servegate.serving.docker.settings import DockerSettings
from servegate.tfserving.versions import Version
from tests.conftest import PROJECT
from tests.support.engine import objects_of
from tests.support.processes import eventually
from tests.support.runtimes import launch
from tests.support.tinymodels import write_model

pytestmark = pytest.mark.docker
# Longer than from the connection to the end of one server.
_ONE_ROUND = 4.0

_GATE = """
    import sys
    from pathlib import Path
    from servegate.deadline import Deadline
    from servegate.serving.docker.host import DockerHost
    from servegate.serving.docker.runtime import DockerRuntime
    from servegate.serving.docker.settings import DockerSettings
    from tests.support.runtimes import launch
    image, folder = sys.argv[1], Path(sys.argv[2])
    with DockerHost(DockerSettings(files=folder, image=image)) as host:
        host.client()
        print("connected", flush=True)
        while True:
            runtime = DockerRuntime(host)
            server = runtime.start_upgradable(launch(folder / "m"), Deadline.after(60)).server
            server.await_version("m", 1, Deadline.after(60))
            server.stop()
"""


@contextmanager
def gate(image: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that starts and ends servers for ever."""
    write_model(folder / "m" / "1")
    command = [sys.executable, "-c", textwrap.dedent(_GATE), image, str(folder)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"connected\n"
        try:
            yield process
        finally:
            process.kill()


def moments(count: int) -> list[float]:
    drawn = random.Random(time.time_ns())
    return [drawn.uniform(0, _ONE_ROUND) for _ in range(count)]


@pytest.mark.parametrize(
    "count", [pytest.param(3, id="few"), pytest.param(20, id="many", marks=pytest.mark.long)]
)
@pytest.mark.timeout(600)
def test_what_a_killed_gate_leaves_is_swept_by_the_next(
    client: docker.APIClient, serving_image: str, tmp_path: Path, count: int
) -> None:
    for number, moment in enumerate(moments(count)):
        with gate(serving_image, tmp_path / str(number)) as process:
            time.sleep(moment)
            process.kill()
        process.wait()

        def is_clean(pid: int = process.pid) -> bool:
            # The engine may still be at what it was asked for in the very last moment.
            sweep(client)
            return not objects_of(client, pid)

        assert eventually(is_clean), (moment, objects_of(client, process.pid))


def test_a_run_that_goes_on_loses_nothing(
    client: docker.APIClient, serving_image: str, tmp_path: Path
) -> None:
    with gate(serving_image, tmp_path) as process:
        assert eventually(lambda: len(objects_of(client, process.pid)) >= 4)
        process.send_signal(signal.SIGSTOP)
        before = objects_of(client, process.pid)
        sweep(client)
        assert objects_of(client, process.pid) == before
    process.wait()
    sweep(client)
    assert eventually(lambda: not objects_of(client, process.pid))


def wait_for_ever(runtime: DockerRuntime, launched: Launch, deadline: Deadline) -> None:
    server = runtime.start(launched, deadline)
    try:
        server.await_version("m", Version(2), deadline)
    finally:
        server.stop()


def test_an_interruption_leaves_nothing(
    client: docker.APIClient, serving_image: str, tmp_path: Path
) -> None:
    write_model(tmp_path / "m" / "1")
    settings = DockerSettings(files=tmp_path, image=serving_image)
    own = Owner.this_process().pid
    before = objects_of(client, own)
    for seconds in (0.0, 0.2, 0.6, 1.0):
        cancelled = threading.Event()
        timer = threading.Timer(seconds, cancelled.set)
        timer.start()
        deadline = Deadline.after(60, cancelled)
        with DockerHost(settings) as host, pytest.raises(Interrupted):
            wait_for_ever(DockerRuntime(host), launch(tmp_path / "m"), deadline)
        timer.join()
        assert objects_of(client, own) == before


@pytest.mark.parametrize(
    ("label", "abandoned"),
    [
        ("{boot}/{namespace}/{pid}/{started}/{now}", False),
        ("{boot}/{namespace}/{pid}/1/{now}", True),
        ("{boot}/1/{pid}/1/{now}", False),
        ("0123-dead/{namespace}/{pid}/1/{now}", False),
        ("{boot}/1/{pid}/1/{old}", True),
        ("0123-dead/1/1/1/{old}", True),
        ("somebody else's", False),
        ("", False),
    ],
)
def test_only_what_belongs_to_nobody_is_swept(
    client: docker.APIClient,
    label: str,
    abandoned: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    owner, now = Owner.this_process(), int(time.time())
    written = label.format(
        boot=own_labels()[OWNER].split("/")[0],
        namespace=owner.namespace,
        pid=owner.pid,
        started=owner.started,
        now=now,
        old=now - OLD_SECONDS - 10,
    )
    name = f"servegate-test-{time.time_ns()}"
    client.create_volume(name, labels={OWNER: written})
    try:
        sweep(client)
        left = {one["Name"] for one in client.volumes()["Volumes"] or ()}
        assert (name not in left) == abandoned
        is_this_process = f"/{owner.pid}/" in written
        listed = f"volume {name}" in objects_of(client, owner.pid)
        assert listed == (is_this_process and not abandoned)
    finally:
        if not abandoned:
            client.remove_volume(name)


class Images:
    """An engine's list of images without a name; a real one would have to be left to age."""

    def __init__(self, **seconds_and_step: tuple[int, str, dict[str, str]]) -> None:
        self._known = seconds_and_step
        self.removed: list[str] = []

    def images(self, **_filters: object) -> list[dict[str, object]]:
        return [
            {"Id": name, "Created": time.time() - age, "Labels": labels}
            for name, (age, _, labels) in self._known.items()
        ]

    def history(self, image: str) -> list[dict[str, str]]:
        return [{"CreatedBy": f"/bin/sh -c #(nop)  {self._known[image][1]}"}]

    def remove_image(self, image: str) -> None:
        self.removed.append(image)


def test_the_first_steps_of_a_killed_build_are_known_by_their_arguments() -> None:
    engine = Images(
        ours=(60, "ARG SERVEGATE_BUILD", {}),
        being_built=(1, "ARG SERVEGATE_BUILD", {}),
        labelled=(60, "ARG SERVEGATE_BUILD", {OWNER: "somebody"}),
        foreign=(60, "COPY dir:0 in /", {}),
    )
    labels._sweep_first_steps(engine)  # type: ignore[arg-type]
    assert engine.removed == ["ours"]
