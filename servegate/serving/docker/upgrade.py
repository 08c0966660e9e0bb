"""Upgrades as production has them: versions come and go on the volume of a running server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import docker

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.facts.serving import ServedModel
from servegate.serving.config_file import server_config
from servegate.serving.docker.context import Entry, packed, tree
from servegate.serving.docker.engine import explained, forgiving
from servegate.serving.docker.labels import new_name, own_labels
from servegate.serving.docker.places import Layout
from servegate.serving.server import ModelServer
from servegate.tfserving.base_paths import MODELS

_ROOT = "0"


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
class VolumeDeployment:
    """Implements `servegate.facts.serving.Deployment` for a server whose models lie on a volume.

    Directories are moved as root: production's user may not write here, and a server that polls
    meanwhile must see nothing half done.
    """

    server: ModelServer
    layout: Layout
    client: docker.APIClient
    container: str

    def deliver(self, model: str, directory: Path, name: str, deadline: Deadline) -> None:
        """See `Deployment.deliver`: sent to a directory beside the base path, and renamed."""
        staging = new_name("incoming")
        entries = tree(directory, f"{staging}/{name}", within=directory.resolve().parent)
        doing = "bringing a version to the running server"
        with explained(doing):
            self.client.put_archive(self.container, MODELS, _checked(entries, deadline))
        self._run(doing, "mv", "-T", f"{MODELS}/{staging}/{name}", f"{self._place(model)}/{name}")
        self._run(doing, "rmdir", f"{MODELS}/{staging}")

    def withdraw(self, model: str, name: str, deadline: Deadline) -> None:
        """See `Deployment.withdraw`: what goes stays on the volume, beside the base path."""
        deadline.check()
        place, outgoing = f"{self._place(model)}/{name}", f"{MODELS}/{new_name('outgoing')}"
        self._run("taking a version from the running server", "mv", "-T", place, outgoing)

    def reconfigure(self, models: tuple[ServedModel, ...], deadline: Deadline) -> None:
        """See `Deployment.reconfigure`."""
        self.server.reload(server_config(models, self.layout.place), deadline)

    def memory(self) -> int | None:
        """See `Deployment.memory`: as the limit counts it, without the cache of files."""
        with suppress(CannotTell, KeyError), explained("asking for the server's memory"):
            # One shot: a second reading, for rates, would take a second.
            said = self.client.stats(self.container, stream=False, one_shot=True)
            memory = said["memory_stats"]
            parts = memory["stats"]
            cached = parts.get("inactive_file", parts.get("total_inactive_file", 0))
            return max(0, int(memory["usage"]) - int(cached))
        return None

    def _place(self, model: str) -> str:
        served = next(one for one in self.layout.launch.models if one.name == model)
        return self.layout.place(served)

    def _run(self, doing: str, *command: str) -> None:
        with explained(doing):
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
