"""Where each candidate stands, kept from the events of several threads."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from servegate.findings import CheckResult, Verdict
from servegate.report.words import Kind, kind


@dataclass(slots=True)
class Track:
    """One candidate so far. `evidence` is what is being obtained, the innermost last."""

    label: str
    begun: float
    counts: Counter[Kind] = field(default_factory=Counter)
    evidence: dict[str, float] = field(default_factory=dict)
    verdict: Verdict | None = None
    seconds: float = 0.0

    def doing(self, now: float) -> str:
        """What happens at the moment `now`: the evidence being obtained, and for how long."""
        if not self.evidence:
            return f"{self.counts.total()} checks done"
        name, since = next(reversed(self.evidence.items()))
        return f"{name} for {now - since:.0f} s, {self.counts.total()} checks done"


@dataclass(slots=True)
class Tracker:
    """The tracks of a run by label. Not locked: its owner is.

    `expected` are the labels announced for the run; `clock` counts seconds.
    """

    clock: Callable[[], float] = time.monotonic
    expected: tuple[str, ...] = ()
    tracks: dict[str, Track] = field(default_factory=dict)

    def track(self, label: str) -> Track:
        """The track of a candidate; it begins with the first event that names it."""
        return self.tracks.setdefault(label, Track(label, begun=self.clock()))

    def evidence_started(self, label: str, evidence: str) -> None:
        """Remembers what is being obtained, and since when."""
        self.track(label).evidence[evidence] = self.clock()

    def evidence_finished(self, label: str, evidence: str) -> None:
        """Forgets it again."""
        self.track(label).evidence.pop(evidence, None)

    def check_finished(self, label: str, result: CheckResult) -> None:
        """Counts a result."""
        self.track(label).counts[kind(result)] += 1

    def model_finished(self, label: str, verdict: Verdict, seconds: float) -> None:
        """Closes a track."""
        track = self.track(label)
        track.verdict, track.seconds = verdict, seconds
        track.evidence.clear()

    @property
    def running(self) -> tuple[Track, ...]:
        """The candidates without a verdict, the one begun first in front."""
        return tuple(track for track in self.tracks.values() if track.verdict is None)

    @property
    def finished(self) -> int:
        """How many candidates have their verdict."""
        return len(self.tracks) - len(self.running)
