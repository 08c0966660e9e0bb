"""Answers of two versions to the same inputs, for the checks that hold them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from servegate.checks import Outcome
from servegate.facts.probes import Provenance, Replies
from servegate.providers import NotApplicable
from tests.support.evidence import findings, replies, reply

Rows: TypeAlias = Sequence[object]

GRADED = [number / 16 + 0.01 for number in range(12)]
HALVES = [0.0, 1.0] * 6


def said(rows: Rows, provenance: Provenance = Provenance.EXAMPLE) -> Replies:
    """What one version answered to as many inputs as there are rows."""
    return replies(
        *(
            reply(f"row {number}", float(number), row, provenance=provenance)  # type: ignore[arg-type]
            for number, row in enumerate(rows)
        )
    )


def made_up(rows: Rows) -> Replies:
    """The same, of made-up inputs."""
    return said(rows, Provenance.SYNTHESISED)


def spread(factor: float, bias: float = 1.0) -> list[float]:
    """Twelve numbers that lie so far apart."""
    return [bias + factor * number for number in range(12)]


def one_hot(*classes: int) -> list[list[float]]:
    """Rows of three scores that favour these classes."""
    return [[0.8 if one == place else 0.1 for place in range(3)] for one in classes]


def accuses(outcome: Outcome) -> bool:
    """Whether a check speaks against the candidate; one that does not apply does not."""
    try:
        return bool(findings(outcome))
    except NotApplicable:
        return False


MIXED = (0, 1, 2) * 4
