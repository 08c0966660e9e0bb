"""What there is to run: every fault, twin and scenario on every model that it may fit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.detection.origin import Origin
from benchmarks.detection.registry import Mutator, Scenario, Variant


class Kind(StrEnum):
    """What a case is there to show."""

    MUTANT = "mutant"
    TWIN = "twin"
    SCENARIO = "scenario"
    HEALTHY = "healthy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One pull request of the bench.

    `subject` is the fault ("G01") or the row of the healthy list ("H05"), `group` what it belongs
    to ("graph/output_is_a_constant"). `variant` None is the healthy change as it is.
    """

    kind: Kind
    subject: str
    group: str
    origin: Origin
    variant: Variant | None
    rollout: str
    advisory: bool = False
    allowed: frozenset[str] = frozenset()
    docker: bool = False

    @property
    def id(self) -> str:
        """Stable and unique: "mutant G01 graph/output_is_a_constant on iris"."""
        rollout = f" ({self.rollout})" if self.kind in (Kind.SCENARIO, Kind.HEALTHY) else ""
        return f"{self.kind} {self.subject} {self.group} on {self.origin.name}{rollout}"


def of_mutators(mutators: Iterable[Mutator], origins: Sequence[Origin]) -> Iterator[Case]:
    """Each fault and its twin on every origin; which of them fit shows when they are built."""
    for one in mutators:
        for origin in _shuffled(origins, one.id):
            for kind, variant in ((Kind.MUTANT, one.mutant), (Kind.TWIN, one.clean)):
                yield Case(
                    kind=kind,
                    subject=one.fault,
                    group=one.id,
                    origin=origin,
                    variant=variant,
                    rollout=one.rollout,
                    advisory=one.advisory,
                    docker=one.docker,
                )


def of_scenarios(scenarios: Iterable[Scenario], origins: Sequence[Origin]) -> Iterator[Case]:
    """Each scenario on every origin, under each of its rollouts."""
    for one in scenarios:
        for origin in _shuffled(origins, one.id):
            for rollout in one.rollouts:
                yield Case(
                    kind=Kind.SCENARIO,
                    subject=one.row,
                    group=one.id,
                    origin=origin,
                    variant=one.variant,
                    rollout=rollout,
                    allowed=one.advisory,
                )


def of_origins(origins: Iterable[Origin]) -> Iterator[Case]:
    """Every origin as it is."""
    for origin in origins:
        yield Case(
            kind=Kind.HEALTHY,
            subject="healthy",
            group=origin.name,
            origin=origin,
            variant=None,
            rollout="volume",
        )


def sample(cases: Sequence[Case], size: int) -> tuple[Case, ...]:
    """The same `size` cases every time, spread over the groups as evenly as can be."""
    taken: dict[str, int] = {}
    ranked = []
    for case in sorted(cases, key=lambda one: _digest(one.id)):
        turn = taken[case.group] = taken.get(case.group, 0) + 1
        ranked.append((turn, _digest(case.group), case))
    ranked.sort(key=lambda entry: entry[:2])
    return tuple(case for _, _, case in ranked[:size])


def _shuffled(origins: Sequence[Origin], seed: str) -> list[Origin]:
    """An order of its own for each seed, so that a limit takes other models every time."""
    return sorted(origins, key=lambda one: _digest(seed + one.name))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
