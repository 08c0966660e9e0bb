"""The runtime for machines that have TF Serving itself: a `tensorflow_model_server`."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from servegate.errors import CannotTell
from servegate.serving.local import LocalRuntime

PROGRAM = "tensorflow_model_server"


@dataclass(frozen=True, slots=True)
class BinaryRuntime(LocalRuntime):
    """Starts the model server on the PATH."""

    @property
    def name(self) -> str:
        """See `Runtime.name`."""
        return "binary"

    def program(self) -> tuple[str, ...]:
        """Raises `CannotTell` where there is no such program."""
        program = shutil.which(PROGRAM)
        if program is None:
            raise CannotTell(
                f"There is no {PROGRAM} on the PATH.",
                remedy="Install TF Serving, or choose another runtime: --runtime embedded.",
            )
        return (program,)
