"""A runtime on the bench: its servers, and what tests do to them from outside."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import docker

from servegate.facts.serving import Runtime
from servegate.serving.docker.runtime import DockerRuntime
from servegate.serving.server import ModelServer
from tests.support.processes import marked


class Bench(Protocol):
    """What the contract tests need of every kind of runtime."""

    @property
    def runtime(self) -> Runtime:
        """The runtime itself."""

    @property
    def files(self) -> Path:
        """The directory that flags may name files of."""

    def kill(self, server: ModelServer) -> None:
        """Ends a server from outside."""

    def freeze(self, server: ModelServer) -> None:
        """Stops a server without ending it."""

    def traces(self, server: ModelServer) -> Callable[[], bool]:
        """Whether anything of a running server is still there, also after its end."""


@dataclass(frozen=True, slots=True)
class LocalBench:
    """Servers that are processes of this machine."""

    runtime: Runtime
    files: Path

    def kill(self, server: ModelServer) -> None:
        """See `Bench`."""
        _signal(server, signal.SIGKILL)

    def freeze(self, server: ModelServer) -> None:
        """See `Bench`."""
        _signal(server, signal.SIGSTOP)

    def traces(self, server: ModelServer) -> Callable[[], bool]:
        """See `Bench`."""
        arguments = server._body._process.args  # type: ignore[attr-defined]
        config = next(word for word in arguments if "model_config_file" in word)
        return lambda: bool(marked(config))


@dataclass(frozen=True, slots=True)
class DockerBench:
    """Servers that are containers."""

    runtime: DockerRuntime
    client: docker.APIClient
    files: Path

    def kill(self, server: ModelServer) -> None:
        """See `Bench`."""
        self.client.kill(container_of(server))

    def freeze(self, server: ModelServer) -> None:
        """See `Bench`."""
        self.client.pause(container_of(server))

    def traces(self, server: ModelServer) -> Callable[[], bool]:
        """See `Bench`."""
        name = container_of(server)
        found = self.client.inspect_container(name)
        (network,) = found["NetworkSettings"]["Networks"]
        image = found["Image"]
        return lambda: bool(
            self.client.containers(all=True, filters={"name": name})
            or self.client.networks(names=[network])
            or [one for one in self.client.images() if one["Id"] == image]
        )


def container_of(server: ModelServer) -> str:
    """The name of a server's container."""
    name = server._body.name  # type: ignore[attr-defined]
    assert isinstance(name, str)
    return name


def _signal(server: ModelServer, number: signal.Signals) -> None:
    """To the server itself, past the launcher that started it."""
    launcher = server._body._process.pid  # type: ignore[attr-defined]
    children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
    os.killpg(int(children[0]), number)
