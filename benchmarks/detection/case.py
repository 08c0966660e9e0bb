"""What there is to run: every fault, twin and scenario on every model that it may fit."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
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
class Plan:
    """One kind of pull request, for any model that it fits.

    `subject` is the fault ("G01") or the row of the healthy list ("H05"), `group` what it belongs
    to ("graph/output_is_a_constant"). `variant` None is the healthy change as it is.
    """

    kind: Kind
    subject: str
    group: str
    variant: Variant | None
    rollout: str
    advisory: bool = False
    allowed: frozenset[str] = frozenset()
    docker: bool = False

    @property
    def id(self) -> str:
        """Stable and unique: "mutant G01 graph/output_is_a_constant"."""
        return f"{self.kind} {self.subject} {self.group}{self.under}"

    @property
    def under(self) -> str:
        """The rollout in brackets, for what is run under several."""
        return f" ({self.rollout})" if self.kind in (Kind.SCENARIO, Kind.HEALTHY) else ""

    def on(self, origins: Iterable[Origin]) -> Iterator[Case]:
        """The plan on every origin, in an order of its own; which fit shows when they are built.

        So a limit takes other models for every group, and the same for a fault and its twin.
        """
        own = {field.name: getattr(self, field.name) for field in fields(Plan)}
        for origin in sorted(origins, key=lambda one: _digest(self.group + one.name)):
            yield Case(origin=origin, **own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Plan):
    """One pull request of the bench."""

    origin: Origin

    @property
    def id(self) -> str:
        """Stable and unique: "mutant G01 graph/output_is_a_constant on iris"."""
        return f"{self.kind} {self.subject} {self.group} on {self.origin.name}{self.under}"


def of_mutators(mutators: Iterable[Mutator]) -> Iterator[Plan]:
    """Each fault and its twin."""
    for one in mutators:
        for kind, variant in ((Kind.MUTANT, one.mutant), (Kind.TWIN, one.clean)):
            yield Plan(
                kind=kind,
                subject=one.fault,
                group=one.id,
                variant=variant,
                rollout=one.rollout,
                advisory=one.advisory,
                docker=one.docker,
            )


def of_scenarios(scenarios: Iterable[Scenario]) -> Iterator[Plan]:
    """Each scenario under each of its rollouts."""
    for one in scenarios:
        for rollout in one.rollouts:
            yield Plan(
                kind=Kind.SCENARIO,
                subject=one.row,
                group=one.id,
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


def sample(plans: Sequence[Plan], size: int) -> tuple[Plan, ...]:
    """The same `size` plans every time, spread over the subjects as evenly as can be.

    Each is meant for one model: the first of `Plan.on` that it fits.
    """
    turns: Counter[str] = Counter()
    ranked = []
    for plan in sorted(plans, key=lambda one: _digest(one.id)):
        turns[plan.subject] += 1
        ranked.append((turns[plan.subject], _digest(plan.subject), plan))
    ranked.sort(key=lambda entry: entry[:2])
    return tuple(plan for _, _, plan in ranked[:size])


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
