"""What a team expects of the answers when one input changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from servegate.findings import Location


class Direction(StrEnum):
    """What an output does when the input grows, or changes at all."""

    INCREASING = "increasing"
    DECREASING = "decreasing"
    UNCHANGED = "unchanged"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A tensor, or one element of its row: `scores[2]`."""

    name: str
    index: tuple[int, ...] = ()

    def __str__(self) -> str:
        place = f"[{', '.join(map(str, self.index))}]" if self.index else ""
        return f"{self.name}{place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One expectation: of an `input` of the model, or of a `field` of the raw example ("a.b")."""

    output: Element
    direction: Direction
    input: Element | None = None
    field: str = ""
    location: Location | None = None

    @property
    def changing(self) -> str:
        """What changes, for a sentence."""
        return f"the raw field {self.field!r}" if self.field else f"{str(self.input)!r}"
