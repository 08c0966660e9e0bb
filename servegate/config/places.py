"""Where things stand in `servegate.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top: `("models", 0, "path")`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The file, relative to the repository, and the line of everything in it, from 1."""

    file: str
    lines: Mapping[Place, int] = field(default_factory=dict)

    def line(self, place: Place) -> int | None:
        """The line of a value, or of the nearest one around it that was written."""
        around = (place[:length] for length in range(len(place), 0, -1))
        return next((self.lines[one] for one in around if one in self.lines), None)
