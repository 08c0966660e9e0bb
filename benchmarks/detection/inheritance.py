"""What a healthy scenario is not to blame for: advice that the model itself already earns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from benchmarks.detection.case import Kind
from benchmarks.detection.row import Row


def origins_to_ask(rows: Iterable[Row]) -> frozenset[str]:
    """Models whose scenarios met advice, and whose healthy change was not run."""
    rows = tuple(rows)
    advised = {row.origin for row in rows if row.kind is Kind.SCENARIO and row.advised}
    return frozenset(advised - {row.origin for row in rows if row.kind is Kind.HEALTHY})


def with_inherited(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Allows each scenario what the healthy change of the same model is advised of too."""
    own: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.kind is Kind.HEALTHY:
            own[row.origin].update(row.advised)
    return tuple(
        replace(row, allowed=tuple(sorted({*row.allowed, *own[row.origin]})))
        if row.kind is Kind.SCENARIO
        else row
        for row in rows
    )
