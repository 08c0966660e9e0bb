"""The catalogue of ways in which the gate ends without a verdict on a model.

One class a cause, each with the exit code that the command line returns for it. A check that
finds something wrong with a model does not raise: it reports a finding (`servegate.findings`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from servegate.findings import Location


class ServegateError(Exception):
    """Something that ends the run; `message` says what happened, `remedy` what mends it."""

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


class CannotTell(ServegateError):
    """The gate, not the model, is at fault or out of its depth: exit 3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake of the person who wrote the arguments or the configuration."""

    message: str
    location: Location | None = None

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" if self.location else self.message


class WrongUse(ServegateError):
    """Bad arguments or bad configuration: exit 2, all mistakes reported at once."""

    exit_code: ClassVar[int] = 2

    def __init__(self, mistakes: list[Mistake] | tuple[Mistake, ...]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class Interrupted(ServegateError):
    """Ctrl-C or SIGTERM: exit 130."""

    exit_code: ClassVar[int] = 130
