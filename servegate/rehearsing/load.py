"""A steady, light load on a server: what clients would notice of an upgrade."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from servegate.deadline import DeadlineExceeded
from servegate.errors import Interrupted
from servegate.facts.rehearsal import Asked
from servegate.facts.serving import RequestRefused, ServerFailed
from servegate.tfserving.versions import Version

_THREADS = 2
_PACE_SECONDS = 0.04  # between two requests of a thread
_PATIENCE = 5  # failures of the server in a row, after which nobody is there to be asked
_SETTLED = 6  # requests in a row

Ask = Callable[[int], Version]
"""Sends the request of this number; the version that answered, or the exceptions of a server."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds since it was made."""

    started: float = field(default_factory=time.monotonic)

    def now(self) -> float:
        """The seconds so far."""
        return time.monotonic() - self.started


class Load:
    """Asks from a few threads until it is left. A context manager."""

    def __init__(self, ask: Ask, clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._over = threading.Event()
        self._asked: list[Asked] = []
        self._pool = ThreadPoolExecutor(_THREADS, "load")
        self._running: list[Future[None]] = []

    def asked(self) -> tuple[Asked, ...]:
        """What became of the requests so far, in the order in which they were sent."""
        return tuple(sorted(self._asked, key=lambda one: one.at))

    def settled_on(self, version: Version, since: float) -> bool:
        """Whether the last few requests, all sent later than that, were answered by it."""
        last = self.asked()[-_SETTLED:]
        return len(last) == _SETTLED and all(
            one.at >= since and one.version == version for one in last
        )

    def __enter__(self) -> Self:
        self._running = [self._pool.submit(self._run, number) for number in range(_THREADS)]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._pool.shutdown()
        if error is None:
            for one in self._running:
                one.result()

    def _run(self, number: int) -> None:
        failures = 0
        while not self._over.is_set() and failures < _PATIENCE:
            started = self._clock.now()
            try:
                version = self._ask(number)
                self._keep(started, version=version)
                failures = 0
            except RequestRefused as refused:
                self._keep(started, trouble=str(refused))
            except ServerFailed as failed:
                self._keep(started, trouble=failed.reason)
                failures += 1
            except (DeadlineExceeded, Interrupted):
                return  # it is the run that ends
            number += _THREADS
            self._over.wait(max(0.0, started + _PACE_SECONDS - self._clock.now()))

    def _keep(self, started: float, *, version: Version | None = None, trouble: str = "") -> None:
        seconds = self._clock.now() - started
        self._asked.append(Asked(at=started, seconds=seconds, version=version, trouble=trouble))
