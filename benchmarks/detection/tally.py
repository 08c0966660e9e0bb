"""Counts rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt

from benchmarks.detection.case import Kind
from benchmarks.detection.row import Outcome, Row

Claims = Mapping[str, tuple[str, ...]]
_Z = 1.959964  # 95 % of a normal distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many, with the 95 % interval of Wilson's score."""

    hits: int
    of: int

    def __str__(self) -> str:
        if not self.of:
            return "none"
        low, high = self.interval()
        return f"{self.hits} of {self.of} ({100 * low:.1f} % to {100 * high:.1f} %)"

    def interval(self) -> tuple[float, float]:
        """Both ends, from 0 to 1. Source: E. B. Wilson, 1927."""
        if not self.of:
            return 0.0, 1.0
        share = self.hits / self.of
        centre = share + _Z * _Z / (2 * self.of)
        spread = _Z * sqrt(share * (1 - share) / self.of + _Z * _Z / (4 * self.of**2))
        scale = 1 + _Z * _Z / self.of
        return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


@dataclass(slots=True)
class Count:
    """Outcomes of mutants, and of what is healthy."""

    mutants: Counter[Outcome] = field(default_factory=Counter)
    healthy: Counter[Outcome] = field(default_factory=Counter)

    def add(self, row: Row, claims: Claims) -> None:
        """Counts one row."""
        counter = self.mutants if row.kind is Kind.MUTANT else self.healthy
        counter[row.outcome(claims)] += 1


def claimed_faults(claims: Claims) -> frozenset[str]:
    """The faults that any check claims."""
    return frozenset(fault for faults in claims.values() for fault in faults)


def counted(rows: Iterable[Row], claims: Claims, key: Callable[[Row], str]) -> dict[str, Count]:
    """Counts by subject, by origin, or by anything else; sorted."""
    counts: dict[str, Count] = defaultdict(Count)
    for row in rows:
        counts[key(row)].add(row, claims)
    return dict(sorted(counts.items()))


def detected(rows: Iterable[Row], claims: Claims) -> Share:
    """Among the mutants of claimed faults, those that a claiming check caught."""
    known = claimed_faults(claims)
    mutants = [one for one in rows if one.kind is Kind.MUTANT and one.subject in known]
    hits = sum(one.outcome(claims) is Outcome.CLAIMED for one in mutants)
    return Share(hits=hits, of=len(mutants))


def accused(rows: Iterable[Row], claims: Claims) -> Share:
    """Among everything healthy, what was accused."""
    healthy = [one for one in rows if one.kind is not Kind.MUTANT]
    hits = sum(one.outcome(claims) is Outcome.ACCUSED for one in healthy)
    return Share(hits=hits, of=len(healthy))
