"""The tree before the change, wherever it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class BaseTree(Protocol):
    """The repository at the base commit, or a directory that stands for it."""

    def read(self, path: str) -> bytes | None:
        """One file's content, None where there is none. `path` is relative to the repository."""

    def materialise(self, path: str, into: Path) -> object | None:
        """Writes the files below a directory to `into`, which must not exist.

        None where there is no such directory.
        """
