"""Looking at a server while something happens to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.facts.rehearsal import MemorySeen, Moment, StateSeen
from servegate.facts.serving import RequestRefused, Upgradable, VersionState
from servegate.rehearsing.load import Clock
from servegate.tfserving.versions import Version

_PAUSE_SECONDS = 0.05
_LOOKS_AT_MEMORY = 4  # one look of so many also asks for the memory

States: TypeAlias = Mapping[Version, VersionState]


class Watch:
    """Sees the states of a model's versions and the server's memory, and keeps what it saw."""

    def __init__(self, upgradable: Upgradable, model: str, clock: Clock) -> None:
        self._server = upgradable.server
        self._deployment = upgradable.deployment
        self._model = model
        self._clock = clock
        self._looks = 0
        self._last: dict[Version, VersionState] = {}
        self.moments: list[Moment] = []
        self.states: list[StateSeen] = []
        self.memory: list[MemorySeen] = []

    @property
    def last(self) -> States:
        """The states as they were seen last."""
        return dict(self._last)

    def now(self) -> float:
        """The moment that it is."""
        return self._clock.now()

    def note(self, what: str) -> float:
        """Keeps that the gate did something, and returns the moment."""
        at = self._clock.now()
        self.moments.append(Moment(at=at, what=what))
        return at

    def until(self, done: Callable[[States], bool], deadline: Deadline) -> bool:
        """Looks until that holds; False when the time is up first. Raises `ServerFailed`."""
        try:
            while not done(self.look(deadline)):
                deadline.sleep(_PAUSE_SECONDS)
        except DeadlineExceeded:
            return False
        return True

    def look(self, deadline: Deadline) -> States:
        """The states now."""
        if self._looks % _LOOKS_AT_MEMORY == 0:
            self._look_at_memory()
        self._looks += 1
        at = self._clock.now()
        try:
            states = self._server.states(self._model, deadline)
        except RequestRefused:
            states = ()  # the server knows no version of it
        for one in states:
            if self._last.get(one.version) != one:
                self._last[one.version] = one
                self.states.append(
                    StateSeen(at=at, version=one.version, state=one.state, error=one.error)
                )
        return self.last

    def _look_at_memory(self) -> None:
        amount = self._deployment.memory()
        if amount is not None:
            self.memory.append(MemorySeen(at=self._clock.now(), amount=amount))
