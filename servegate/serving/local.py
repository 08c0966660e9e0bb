"""Starting a model server as a process of this machine: what `embedded` and `binary` share."""

from __future__ import annotations

from pathlib import Path

from servegate.deadline import Deadline
from servegate.facts.serving import Launch
from servegate.isolation.process import Child, Command
from servegate.isolation.workspace import new_folder
from servegate.phases import Spent
from servegate.serving.command_line import arguments
from servegate.serving.config_file import config_text
from servegate.serving.ports import LOOPBACK, ReservedPorts
from servegate.serving.server import ModelServer


def start_local(
    program: tuple[str, ...],
    launch: Launch,
    deadline: Deadline,
    *,
    workspace: Path,
    spent: Spent | None = None,
) -> ModelServer:
    """Starts `program` with the flags that the launch comes to.

    The server gets a folder of its own in the workspace, which is also its working directory, and
    an environment without secrets. It keeps the network: it has to be reachable.
    """
    deadline.check()
    folder = new_folder(workspace, "server")
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
        argv = (*program, *given)
        child = Child.start(Command(argv=argv, directory=folder), folder=folder)
    except BaseException:
        ports.release()
        raise
    return ModelServer(
        child,
        host=LOOPBACK,
        grpc_port=ports.grpc,
        rest_port=ports.rest,
        release=ports.release,
        spent=spent,
    )
