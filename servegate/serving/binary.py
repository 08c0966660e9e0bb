"""The runtime for machines that have TF Serving itself: a `tensorflow_model_server`."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.facts.serving import Launch, Upgradable
from servegate.phases import Spent
from servegate.serving.local import LocalServers
from servegate.serving.server import ModelServer

PROGRAM = "tensorflow_model_server"


@dataclass(frozen=True, slots=True)
class BinaryRuntime:
    """Starts the model server on the PATH; `workspace` is the run's temporary directory.

    The time that its servers take to start is added to `spent`.
    """

    workspace: Path
    spent: Spent = field(default_factory=Spent)

    @property
    def name(self) -> str:
        """See `Runtime.name`."""
        return "binary"

    @property
    def image(self) -> None:
        """See `Runtime.image`."""
        return None

    def start(self, launch: Launch, deadline: Deadline) -> ModelServer:
        """See `Runtime.start`."""
        return self._servers().start(launch, deadline)

    def start_upgradable(self, launch: Launch, deadline: Deadline) -> Upgradable:
        """See `Runtime.start_upgradable`."""
        return self._servers().start_upgradable(launch, deadline)

    def _servers(self) -> LocalServers:
        """Raises `CannotTell` where there is no such program."""
        program = shutil.which(PROGRAM)
        if program is None:
            raise CannotTell(
                f"There is no {PROGRAM} on the PATH.",
                remedy="Install TF Serving, or choose another runtime: --runtime embedded.",
            )
        return LocalServers(program=(program,), workspace=self.workspace, spent=self.spent)
