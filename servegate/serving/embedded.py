"""The runtime for laptops and tests: the gate's own model server, in a process of its own."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from servegate.serving.local import LocalRuntime

ENTRYPOINT = Path(__file__).resolve().parents[2] / "entrypoint.py"


@dataclass(frozen=True, slots=True)
class EmbeddedRuntime(LocalRuntime):
    """Starts `entrypoint.py serve`."""

    @property
    def name(self) -> str:
        """See `Runtime.name`."""
        return "embedded"

    def program(self) -> tuple[str, ...]:
        """The interpreter that runs the gate, and the gate's own entry point."""
        return (sys.executable, str(ENTRYPOINT), "serve")
