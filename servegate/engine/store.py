"""The evidence of one candidate: obtained at first use, kept, timed, cleaned up at the end."""

from __future__ import annotations

import inspect
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from servegate.deadline import DeadlineExceeded
from servegate.engine.registry import Registry
from servegate.errors import NO_SPACE, CannotTell, Interrupted, disk_full
from servegate.facts.serving import ServerFailed
from servegate.progress import Progress
from servegate.providers import Absent, Blocked, Broken, Need, Provider


@dataclass(slots=True)
class EvidenceStore:
    """What is known of one candidate so far. A context manager: leaving it cleans up.

    Not for several threads: each candidate has a store, and a thread, of its own.
    """

    registry: Registry
    seeds: Mapping[str, object]
    subject: str
    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)
    not_passed: set[str] = field(default_factory=set)
    _known: dict[str, object] = field(default_factory=dict)
    _dead_server: Absent | None = None
    _cleanup: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cleanup.__exit__(kind, error, trace)

    def arguments(self, needs: tuple[Need, ...]) -> dict[str, object]:
        """The values for a function's parameters. Raises `Absent` when one is not to be had."""
        return {need.name: self._value(need) for need in needs}

    def replace_absence(self, told: Absent, by: Blocked) -> None:
        """Others that meet a trouble which one check has told of are blocked by that check."""
        for name, value in self._known.items():
            if value is told:
                self._known[name] = by
        if self._dead_server is told:
            self._dead_server = by

    def get(self, name: str) -> object:
        """One piece of evidence. Raises `Absent`."""
        if name in self.seeds:
            return self.seeds[name]
        if name not in self._known:
            self._known[name] = self._obtain(self.registry.providers[name])
        found = self._known[name]
        if isinstance(found, Absent):
            raise found.with_traceback(None)
        return found

    def _value(self, need: Need) -> object:
        if not need.later:
            return self.get(need.name)
        return lambda: self.get(need.name)

    def _obtain(self, provider: Provider) -> object:
        for check in provider.blocked_by:
            if check in self.not_passed:
                return Blocked(f"{check} did not pass", by=check)
        try:
            arguments = self.arguments(provider.needs)
        except Absent as absent:
            return absent
        return self._timed(provider, arguments)

    def _timed(self, provider: Provider, arguments: dict[str, object]) -> object:
        self.progress.evidence_started(self.subject, provider.name)
        started = time.monotonic()
        inner = sum(self.seconds.values())
        try:
            return self._call(provider.function, arguments)
        except Absent as absent:
            return absent
        except Interrupted:
            raise
        except ServerFailed as failure:
            # A dead server fails every later question too: it is one trouble, told once.
            self._dead_server = self._dead_server or as_broken(failure, provider.name)
            return self._dead_server
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no verdict
            return as_broken(error, f"the evidence {provider.name!r}")
        finally:
            # A lazy argument may have been computed meanwhile, and was timed on its own.
            spent = time.monotonic() - started - (sum(self.seconds.values()) - inner)
            self.seconds[provider.name] = spent
            self.progress.evidence_finished(self.subject, provider.name, spent)

    def _call(self, function: Callable[..., object], arguments: dict[str, object]) -> object:
        if not inspect.isgeneratorfunction(function):
            return function(**arguments)
        return self._cleanup.enter_context(contextmanager(function)(**arguments))


def as_broken(error: Exception, what: str) -> Broken:
    """The words for an exception that no check or provider foresaw: never the model's verdict."""
    if isinstance(error, CannotTell):
        return Broken(error.message, remedy=error.remedy)
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        return as_broken(disk_full(error), what)
    if isinstance(error, ServerFailed):
        return Broken(f"{error.reason}\n{error.log}".rstrip())
    if isinstance(error, DeadlineExceeded):
        return Broken(f"The time for {what} was up. {error}".rstrip())
    trace = "".join(traceback.format_exception(error)).rstrip()
    return Broken(
        f"The gate failed at {what}: {error!r}\n{trace}",
        remedy="This is a fault of the gate: please report it with the text above.",
    )
