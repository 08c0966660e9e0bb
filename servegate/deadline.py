"""One monotonic deadline that is passed down, and the flag that ends every wait at once."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from servegate.errors import Interrupted


class DeadlineExceeded(Exception):
    """The time was up; the one who waited says for what."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock (seconds) and the run's cancellation flag.

    Every wait of the gate goes through `sleep`, so that Ctrl-C ends it within a fraction of a
    second on whichever thread it is.
    """

    at: float
    cancelled: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def after(cls, seconds: float, cancelled: threading.Event | None = None) -> Deadline:
        """The moment `seconds` from now."""
        return cls(time.monotonic() + seconds, cancelled or threading.Event())

    def within(self, seconds: float) -> Deadline:
        """The earlier of this deadline and `seconds` from now, with the same flag."""
        return Deadline(min(self.at, time.monotonic() + seconds), self.cancelled)

    def remaining(self) -> float:
        """Seconds left, never negative. Raises `Interrupted` when the run was cancelled."""
        if self.cancelled.is_set():
            raise Interrupted("Interrupted.")
        return max(0.0, self.at - time.monotonic())

    def check(self) -> None:
        """Raises `DeadlineExceeded` when the time is up, `Interrupted` when cancelled."""
        if self.remaining() <= 0:
            raise DeadlineExceeded

    def sleep(self, seconds: float) -> None:
        """Waits at most `seconds`; raises like `check` as soon as there is a reason to."""
        self.check()
        self.cancelled.wait(min(seconds, self.remaining()))
        self.check()
