"""The runtime for laptops and tests: the gate's own model server, in a process of its own."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from servegate.deadline import Deadline
from servegate.facts.serving import Launch, Upgradable
from servegate.phases import Spent
from servegate.serving.local import LocalServers
from servegate.serving.server import ModelServer

ENTRYPOINT = Path(__file__).resolve().parents[2] / "entrypoint.py"


@dataclass(frozen=True, slots=True)
class EmbeddedRuntime:
    """Starts `entrypoint.py serve`; `workspace` is the run's temporary directory.

    The time that its servers take to start is added to `spent`.
    """

    workspace: Path
    spent: Spent = field(default_factory=Spent)

    @property
    def name(self) -> str:
        """See `Runtime.name`."""
        return "embedded"

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
        program = (sys.executable, str(ENTRYPOINT), "serve")
        return LocalServers(program=program, workspace=self.workspace, spent=self.spent)
