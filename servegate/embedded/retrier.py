"""Repeating what failed, as `tensorflow_serving/util/retrier.cc` does and logs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from servegate.embedded import log
from servegate.embedded.status import StatusError

_UINT32 = 2**32

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrier:
    """How often a failed attempt is repeated, and after how many seconds.

    The number has 32 bits and no sign, and so has one more than it: with the largest there is one
    attempt, with others that were meant to be negative there is no end.
    """

    retries: int
    interval: float

    def run(
        self, description: str, attempt: Callable[[], Result], cancelled: threading.Event
    ) -> Result:
        """The attempt's result. Raises the `StatusError` of the last attempt.

        Who cancels does not interrupt the wait, nor the attempt that follows it.
        """
        tries = 0
        while True:
            tries += 1
            try:
                result = attempt()
            except StatusError as error:
                log.error(log.RETRIER, 40, f"{description} failed: {error}")
                if tries >= self._most or cancelled.is_set():
                    self._note_end(description, tries, cancelled)
                    raise
            else:
                self._note_end(description, tries, cancelled)
                return result
            time.sleep(self.interval)
            log.info(log.RETRIER, 36, f"Retrying of {description} retry: {tries}")

    @property
    def _most(self) -> int:
        return (self.retries + 1) % _UINT32

    def _note_end(self, description: str, tries: int, cancelled: threading.Event) -> None:
        if cancelled.is_set():
            log.info(log.RETRIER, 47, f"Retrying of {description} was cancelled.")
        if tries == self._most:  # also after a success, as TF Serving has it
            most = self.retries % _UINT32
            message = f"Retrying of {description} exhausted max_num_retries: {most}"
            log.info(log.RETRIER, 50, message)
