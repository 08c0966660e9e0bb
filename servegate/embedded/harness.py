"""One version under management, from NEW to its end: TF Serving's `LoaderHarness`."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from servegate.embedded import log
from servegate.embedded.loader import estimate_memory, load
from servegate.embedded.options import Loading
from servegate.embedded.retrier import Retrier
from servegate.embedded.session import Session
from servegate.embedded.states import ServableId
from servegate.embedded.status import Code, StatusError, from_exception


class Phase(Enum):
    """Where a version stands. OVER: unloaded, or failed and not tried again."""

    NEW = auto()
    LOADING = auto()
    READY = auto()
    UNLOADING = auto()
    OVER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Servable:
    """A version that can be asked."""

    id: ServableId
    session: Session


@dataclass(slots=True, kw_only=True)
class Harness:
    """A version; `users` counts the requests it is answering. The manager guards the fields.

    `memory` is the estimate in bytes of what it takes.
    """

    id: ServableId
    directory: Path
    aspired: bool = True
    phase: Phase = Phase.NEW
    servable: Servable | None = None
    users: int = 0
    memory: int = 0
    cancelled: threading.Event = field(default_factory=threading.Event)

    def approve(self, options: Loading) -> None:
        """Reserves the memory, with the retries that are due. Raises `StatusError`."""
        try:
            self.memory = _retrier(options).run(
                f"Reserving resources for servable: {self.id}",
                lambda: estimate_memory(self.directory),
                self.cancelled,
            )
        except StatusError as error:
            failure = StatusError(
                error.code,
                "Error while attempting to reserve resources to load servable "
                f"{self.id}: {error.message}",
            )
            log.warning(log.BASIC_MANAGER, 734, str(failure))
            self._note(failure)
            raise failure from error
        log.info(
            log.BASIC_MANAGER, 786, f"Successfully reserved resources to load servable {self.id}"
        )
        log.info(log.HARNESS, 70, f"Approving load for servable version {self.id}")

    def load(self, options: Loading, settling: float) -> Servable:
        """Loads the approved version, with the retries that are due. Raises `StatusError`.

        It takes `settling` seconds until it counts as loaded.
        """
        log.info(log.HARNESS, 78, f"Loading servable version {self.id}")
        try:
            session = _retrier(options).run(
                f"Loading servable: {self.id}",
                lambda: self._load(options, settling),
                self.cancelled,
            )
        except StatusError as error:
            self._note(error)
            raise
        if self.cancelled.is_set():
            self.unload(session)
            raise StatusError(Code.CANCELLED, "Loading of servable cancelled")
        log.info(log.HARNESS, 104, f"Successfully loaded servable version {self.id}")
        return Servable(id=self.id, session=session)

    def unload(self, session: Session) -> None:
        """Gives the memory back; nobody may be using the version any more."""
        log.info(log.HARNESS, 128, f"Unloading just-loaded servable version {self.id}")
        session.close()
        self.servable = None
        log.info(
            log.SIMPLE_LOADER,
            397,
            f"Calling MallocExtension_ReleaseToSystem() after servable unload with {self.memory}",
        )
        log.info(log.HARNESS, 136, f"Done unloading servable version {self.id}")

    def _load(self, options: Loading, settling: float) -> Session:
        try:
            session = load(self.directory, options)
        except Exception as error:
            # A model may fail in ways nobody foresaw; that is its end and not the server's.
            raise from_exception(error) from error
        time.sleep(settling)
        return session

    def _note(self, error: StatusError) -> None:
        message = f"Encountered an error for servable version {self.id}: {error}"
        log.info(log.HARNESS, 181, message)


def _retrier(options: Loading) -> Retrier:
    return Retrier(retries=options.retries, interval=options.retry_interval)
