"""Starting a model server as a process of this machine: what `embedded` and `binary` share."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.facts.serving import Launch, ServedModel, Upgradable
from servegate.isolation.process import Child, Command
from servegate.isolation.workspace import new_folder
from servegate.phases import Spent
from servegate.serving.command_line import arguments
from servegate.serving.config_file import config_text, local_place, server_config
from servegate.serving.ports import LOOPBACK, ReservedPorts
from servegate.serving.server import ModelServer


@dataclass(frozen=True, slots=True)
class LocalRuntime(ABC):
    """Starts a program with the flags that a launch comes to; implements `Runtime`.

    Each server gets a folder of its own in the workspace, the run's temporary directory, which is
    also its working directory, and an environment without secrets. It keeps the network: it has
    to be reachable. The time until versions are there is added to `spent`.
    """

    workspace: Path
    spent: Spent = field(default_factory=Spent)

    @property
    @abstractmethod
    def name(self) -> str:
        """See `Runtime.name`."""

    @abstractmethod
    def program(self) -> tuple[str, ...]:
        """The program and its first arguments."""

    @property
    def image(self) -> None:
        """See `Runtime.image`."""
        return None

    def start(self, launch: Launch, deadline: Deadline) -> ModelServer:
        """See `Runtime.start`."""
        return self._started(launch, deadline)[0]

    def start_upgradable(self, launch: Launch, deadline: Deadline) -> Upgradable:
        """See `Runtime.start_upgradable`."""
        server, child = self._started(launch, deadline)
        deployment = LocalDeployment(server=server, models=launch.models, child=child)
        return Upgradable(server=server, deployment=deployment)

    def _started(self, launch: Launch, deadline: Deadline) -> tuple[ModelServer, Child]:
        deadline.check()
        program = self.program()
        folder = new_folder(self.workspace, "server")
        config_file = folder / "models.config"
        config_file.write_text(config_text(launch), "ascii")
        ports = ReservedPorts()
        try:
            given = arguments(
                launch,
                launch.flags,
                config_file=str(config_file),
                grpc_port=ports.grpc,
                rest_port=ports.rest,
            )
            command = Command(argv=(*program, *given), directory=folder)
            child = Child.start(command, folder=folder)
        except BaseException:
            ports.release()
            raise
        server = ModelServer(
            child,
            host=LOOPBACK,
            grpc_port=ports.grpc,
            rest_port=ports.rest,
            release=ports.release,
            spent=self.spent,
        )
        return server, child


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalDeployment:
    """Implements `servegate.facts.serving.Deployment` for base paths of this machine."""

    server: ModelServer
    models: tuple[ServedModel, ...]
    child: Child

    def deliver(self, model: str, directory: Path, name: str, deadline: Deadline) -> None:
        """See `Deployment.deliver`: a link to the directory is what is renamed."""
        deadline.check()
        base_path = self._base_path(model)
        try:
            incoming = _beside(base_path)
            incoming.symlink_to(directory)
            incoming.rename(base_path / name)
        except OSError as error:
            raise CannotTell(f"A version cannot be brought to the server: {error}.") from error

    def withdraw(self, model: str, name: str, deadline: Deadline) -> None:
        """See `Deployment.withdraw`."""
        deadline.check()
        base_path = self._base_path(model)
        try:
            (base_path / name).rename(_beside(base_path))
        except OSError as error:
            raise CannotTell(f"A version cannot be taken from the server: {error}.") from error

    def reconfigure(self, models: tuple[ServedModel, ...], deadline: Deadline) -> None:
        """See `Deployment.reconfigure`."""
        self.server.reload(server_config(models, self._place), deadline)

    def memory(self) -> int | None:
        """See `Deployment.memory`."""
        return self.child.memory()

    def _base_path(self, model: str) -> Path:
        return next(one for one in self.models if one.name == model).base_path

    def _place(self, model: ServedModel) -> str:
        return local_place(next(one for one in self.models if one.name == model.name))


def _beside(base_path: Path) -> Path:
    return base_path.parent / f".{base_path.name}-{uuid.uuid4().hex}"
