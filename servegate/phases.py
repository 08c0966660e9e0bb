"""What a run spends its time on, in the words of whoever wants it shorter."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum


class Phase(StrEnum):
    """The parts of a run, in their order; the values are keys of `report.json`.

    `SETUP`, `SELECTION` and `REPORT` are of the run, all others of one candidate. `SETUP` is what
    the action does before the gate itself starts: Python, the environment. `IMAGE` is the wait for
    production's image, pulled or built; candidates that wait for it at once each wait.
    """

    SETUP = "setup"
    SELECTION = "selection"
    FILES = "files"
    CALLABLES = "callables"
    IMAGE = "image"
    BUILD = "build"
    START = "start"
    ASKING = "asking"
    CHECKS = "checks"
    CLEANUP = "cleanup"
    REPORT = "report"


class Spent:
    """The seconds that went into each phase so far; several threads may add to them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: defaultdict[Phase, float] = defaultdict(float)

    @contextmanager
    def on(self, phase: Phase) -> Iterator[None]:
        """Times a block, however it ends. Blocks must not be nested: both would count."""
        started = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._seconds[phase] += time.monotonic() - started

    @property
    def seconds(self) -> Mapping[Phase, float]:
        """What was measured so far."""
        with self._lock:
            return dict(self._seconds)
