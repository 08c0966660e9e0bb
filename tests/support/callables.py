"""A user's project with preprocessing code, and calling it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from servegate.deadline import Deadline
from servegate.usercode.outcome import CallableOutcome, CallOutcome
from servegate.usercode.run import MEMORY_BYTES, call


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A repository whose code is in the module `features`, and a workspace beside it."""

    repository: Path
    workspace: Path

    def write(self, code: str, module: str = "features") -> None:
        """Writes a module, `features` by default."""
        (self.repository / f"{module}.py").write_text(textwrap.dedent(code), "utf-8")

    def call(
        self,
        *functions: str,
        examples: Sequence[object] = (1,),
        seconds: float = 60.0,
        python: Path | None = None,
        memory_limit: int = MEMORY_BYTES,
    ) -> CallOutcome:
        """Calls functions of the project."""
        return call(
            functions or ("features:encode",),
            examples,
            repository=self.repository,
            workspace=self.workspace,
            deadline=Deadline.after(seconds),
            python=python,
            memory_limit=memory_limit,
        )

    def encode(self, code: str, *examples: object) -> CallableOutcome:
        """Writes `code` and calls its function `encode`."""
        self.write(code)
        return self.call(examples=examples or (1,)).callables[0]


def project(folder: Path) -> Project:
    """An empty project below a folder."""
    made = Project(repository=folder / "repository", workspace=folder / "workspace")
    made.repository.mkdir()
    made.workspace.mkdir()
    return made
