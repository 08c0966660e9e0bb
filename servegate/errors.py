"""The catalogue of ways in which the gate ends without a verdict on a model.

One class a cause, each with the exit code that the command line returns for it. A check that
finds something wrong with a model does not raise: it reports a finding (`servegate.findings`).
"""

from __future__ import annotations

import errno
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


NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system says when a disk, or a user's share of it, is full."""


def disk_full(error: OSError) -> CannotTell:
    """The cause and the cure of an error that is one of `NO_SPACE`."""
    # Of a link or a renaming the second name is the one to be written.
    place = error.filename2 or error.filename
    where = f" at {place}" if place else ""
    return CannotTell(
        f"The disk of this machine is full{where}: {error.strerror}.",
        remedy="Make room there, or let TMPDIR name a directory on another disk.",
    )


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
