"""What came of an upgrade that was played through on a running server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from servegate.facts.probes import Exchange, Repeat
from servegate.tfserving.versions import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that the gate did to the server. `at` is in seconds, as in all of this module."""

    at: float
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSeen:
    """A version was first seen in a state; `error` is the server's own, empty without one."""

    at: float
    version: Version
    state: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request of the load, which named no version, and what became of it.

    `version` is the one that answered, None where none did: `trouble` then says why.
    """

    at: float
    seconds: float
    version: Version | None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySeen:
    """The bytes that the server held at a moment."""

    at: float
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Everything that was seen, in the order of time. Seconds count from the first request."""

    moments: tuple[Moment, ...]
    states: tuple[StateSeen, ...]
    asked: tuple[Asked, ...]
    memory: tuple[MemorySeen, ...]
    seconds: float

    def first_answer(self, version: Version, after: float = 0.0) -> float | None:
        """When a request was first answered by a version, None where none was."""
        ends = (
            one.at + one.seconds
            for one in self.asked
            if one.version == version and one.at + one.seconds >= after
        )
        return min(ends, default=None)

    def lost(self, until: float) -> Iterator[Asked]:
        """The requests without an answer, of those that were sent by then."""
        return (one for one in self.asked if one.version is None and one.at <= until)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollBack:
    """The candidate was taken away again, `at` a moment.

    `expected` is the version that has to answer then, by production's policy, None where the
    change leaves none. `answered` is when it did; where it did not, `failure` says why.
    """

    at: float
    expected: Version | None
    answered: float | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """An upgrade from what production has (`base`) to the candidate.

    `answers`: the candidate is to answer requests that name no version. `delivered` is when it
    was brought, `switched` when it had taken over entirely, None when it did not: `failure` then
    says why, in the server's own words where there are any. `log` is the end of the server's log.
    `killed`: the server needed more memory than production gives it. `exchanges` are the same
    requests before and after; `again` are requests to the candidate in its first server and in
    this one. `notes` say in what this differs from production.
    """

    base: Version
    candidate: Version
    answers: bool
    timeline: Timeline
    delivered: float
    switched: float | None
    failure: str = ""
    killed: bool = False
    log: str = ""
    exchanges: tuple[Exchange, ...] = ()
    again: tuple[Repeat, ...] = ()
    roll_back: RollBack | None = None
    notes: tuple[str, ...] = field(default_factory=tuple)
