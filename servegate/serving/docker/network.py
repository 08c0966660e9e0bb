"""A private network for one server: nothing gets out of it, and the gate gets in."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import NotFound

from servegate.serving.docker.engine import explained, forgiving
from servegate.serving.docker.labels import new_name, own_labels

# The files that an engine mounts into every container come from a directory named by its id.
_OWN_FILES = re.compile(r"/containers/([0-9a-f]{64})/\S+ /etc/(?:hostname|hosts|resolv\.conf) ")
_IN_A_CONTAINER = ("/.dockerenv", "/run/.containerenv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """`gate` is the container that the gate runs in, None where it runs on the engine's host."""

    name: str
    gate: str | None

    def host(self, client: docker.APIClient, container: str) -> str:
        """Where the gate finds a container of this network: by its name, or by its address.

        On an internal network published ports publish nothing, but the host has a leg in it.
        """
        if self.gate is not None:
            return container
        with explained("looking up the server's address"):
            found = client.inspect_container(container)
        return str(found["NetworkSettings"]["Networks"][self.name]["IPAddress"])


@contextmanager
def private_network(client: docker.APIClient) -> Iterator[Network]:
    """Makes it, lets the gate in if that runs in a container itself, removes it at the end."""
    name = new_name("network")
    with ExitStack() as stack:
        stack.callback(_remove, client, name)
        with explained("making a private network"):
            client.create_network(
                name, driver="bridge", internal=True, check_duplicate=True, labels=own_labels()
            )
        gate = own_container(client)
        if gate is not None:
            stack.callback(_leave, client, gate, name)
            with explained("connecting the gate's own container to the private network"):
                client.connect_container_to_network(gate, name)
        yield Network(name=name, gate=gate)


def own_container(client: docker.APIClient) -> str | None:
    """The id of the container in which the gate itself runs, if this engine runs it."""
    if not any(Path(mark).exists() for mark in _IN_A_CONTAINER):
        return None
    mounts = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
    named = [match.group(1) for match in _OWN_FILES.finditer(mounts)]
    for one in dict.fromkeys((*named, socket.gethostname())):
        with explained("looking for the gate's own container"), suppress(NotFound):
            return str(client.inspect_container(one)["Id"])
    return None


def _leave(client: docker.APIClient, container: str, network: str) -> None:
    with forgiving():
        client.disconnect_container_from_network(container, network, force=True)


def _remove(client: docker.APIClient, name: str) -> None:
    with forgiving():
        client.remove_network(name)
