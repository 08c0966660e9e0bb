"""Repeating what failed, as `tensorflow_serving/util/retrier.cc` does and logs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from servegate.embedded import log
from servegate.embedded.status import StatusError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrier:
    """How often a failed attempt is repeated, and after how many seconds."""

    retries: int
    interval: float

    def run(
        self, description: str, attempt: Callable[[], Result], cancelled: threading.Event
    ) -> Result:
        """The attempt's result. Raises the `StatusError` of the last attempt.

        Who cancels does not interrupt the wait, nor the attempt that follows it.
        """
        number = 0
        while True:
            try:
                result = attempt()
            except StatusError as error:
                log.error(log.RETRIER, 40, f"{description} failed: {error}")
                if number == self.retries or cancelled.is_set():
                    self._note_end(description, number, cancelled)
                    raise
            else:
                self._note_end(description, number, cancelled)
                return result
            number += 1
            time.sleep(self.interval)
            log.info(log.RETRIER, 36, f"Retrying of {description} retry: {number}")

    def _note_end(self, description: str, number: int, cancelled: threading.Event) -> None:
        if cancelled.is_set():
            log.info(log.RETRIER, 47, f"Retrying of {description} was cancelled.")
        if number == self.retries:  # also after a success, as TF Serving has it
            log.info(
                log.RETRIER,
                50,
                f"Retrying of {description} exhausted max_num_retries: {self.retries}",
            )
