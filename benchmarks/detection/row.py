"""The outcome of one case, and what it means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from benchmarks.detection.case import Kind


class Outcome(StrEnum):
    """What the gate made of a case."""

    CLAIMED = "caught by a check that claims it"
    OTHER = "caught by another check"
    UNDECIDED = "undecided"
    MISSED = "missed"
    PASSED = "passed"
    ACCUSED = "accused"


GOOD = frozenset({Outcome.CLAIMED, Outcome.OTHER, Outcome.PASSED})
"""What needs no excuse for a fault that nobody claims, or for a healthy change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case that was run. `failed`, `advised` and `errored` are ids of checks."""

    case: str
    kind: Kind
    subject: str
    group: str
    origin: str
    runtime: str
    exit_code: int
    failed: tuple[str, ...]
    advised: tuple[str, ...]
    errored: tuple[str, ...]
    advisory: bool
    allowed: tuple[str, ...]
    seconds: float

    @property
    def spoke(self) -> str:
        """Which checks said something; advisory ones in brackets."""
        return ", ".join((*self.failed, *self.errored, *(f"({one})" for one in self.advised)))

    def outcome(self, claims: Mapping[str, Iterable[str]]) -> Outcome:
        """`claims` are the faults that each check claims."""
        if self.kind is Kind.MUTANT:
            return self._of_mutant(claims)
        if self.exit_code == 3:
            return Outcome.UNDECIDED
        unexpected = set(self.advised) - set(self.allowed)
        accused = self.exit_code != 0 or (self.kind is Kind.SCENARIO and unexpected)
        return Outcome.ACCUSED if accused else Outcome.PASSED

    def _of_mutant(self, claims: Mapping[str, Iterable[str]]) -> Outcome:
        spoke = (*self.failed, *(self.advised if self.advisory else ()))
        if any(self.subject in claims.get(check, ()) for check in spoke):
            return Outcome.CLAIMED
        if self.exit_code == 1:
            return Outcome.OTHER
        return Outcome.UNDECIDED if self.exit_code == 3 else Outcome.MISSED

    def fails(self, claims: Mapping[str, Iterable[str]]) -> bool:
        """Whether this row needs an excuse.

        A fault that some check claims has to be caught by such a check; one that none claims may
        go either way. Nothing healthy may be accused, or left undecided.
        """
        outcome = self.outcome(claims)
        if self.kind is not Kind.MUTANT:
            return outcome is not Outcome.PASSED
        claimed = any(self.subject in faults for faults in claims.values())
        return claimed and outcome is not Outcome.CLAIMED


def write_rows(rows: Iterable[Row], file: Path) -> None:
    """JSON lines, for comparison between commits."""
    lines = (json.dumps(asdict(row), sort_keys=True) for row in rows)
    file.write_text("".join(f"{line}\n" for line in lines))


def read_rows(file: Path) -> tuple[Row, ...]:
    """What `write_rows` wrote."""
    return tuple(_row(json.loads(line)) for line in file.read_text().splitlines())


def _row(document: dict[str, Any]) -> Row:
    lists = ("failed", "advised", "errored", "allowed")
    return Row(
        **{
            **document,
            **{name: tuple(document[name]) for name in lists},
            "kind": Kind(document["kind"]),
        }
    )
