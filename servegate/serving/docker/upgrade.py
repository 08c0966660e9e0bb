"""Upgrades as production has them: a running server, and a version that appears beside the old."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.facts.serving import ServedModel
from servegate.serving.docker.context import Entry, packed, tree
from servegate.serving.docker.engine import explained, forgiving
from servegate.serving.docker.labels import new_name, own_labels
from servegate.serving.server import ModelServer
from servegate.tfserving.base_paths import MODELS, place_in_image

_ROOT = "0"
_DOING = "bringing a version to the running server"


@contextmanager
def models_volume(client: docker.APIClient) -> Iterator[str]:
    """A named volume for `/models`; the engine fills it from the image when it is first mounted."""
    name = new_name("volume")
    try:
        with explained("making a volume for the models"):
            client.create_volume(name, labels=own_labels())
        yield name
    finally:
        with forgiving():
            client.remove_volume(name, force=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgradable:
    """A server whose models lie on a volume, to which versions can be delivered while it runs."""

    server: ModelServer
    client: docker.APIClient
    container: str

    def deliver(self, model: ServedModel, directory: Path, name: str, deadline: Deadline) -> None:
        """Adds a version directory under a name, all of it at one moment.

        It is sent to a directory beside the base path and renamed from there, as root: production's
        user may not write here, and a server that polls meanwhile must see nothing half done.
        Raises `CannotTell`.
        """
        staging = new_name("incoming")
        target = f"{place_in_image('', model.name)}/{name}"
        entries = tree(directory, f"{staging}/{name}", within=directory.resolve().parent)
        with explained(_DOING):
            self.client.put_archive(self.container, MODELS, _checked(entries, deadline))
        self._run("mv", "-T", f"{MODELS}/{staging}/{name}", target)
        self._run("rmdir", f"{MODELS}/{staging}")

    def _run(self, *command: str) -> None:
        with explained(_DOING):
            started = self.client.exec_create(self.container, list(command), user=_ROOT)["Id"]
            said = self.client.exec_start(started)
            status = self.client.exec_inspect(started)["ExitCode"]
        if status:
            told = said.decode("utf-8", "replace").strip()
            raise CannotTell(f"{command[0]} failed in the server's container: {told}")


def _checked(entries: Iterator[Entry], deadline: Deadline) -> Iterator[bytes]:
    for chunk in packed(entries):
        deadline.check()
        yield chunk
