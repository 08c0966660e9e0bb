"""Progress for the log of a CI job: the lines of one candidate together, and signs of life."""

from __future__ import annotations

import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import IO

from servegate.findings import CheckResult, ModelReport, Report
from servegate.progress import label
from servegate.report.safe import log, one_line, shorten, stopped_commands, workflow_data
from servegate.report.tracker import Tracker
from servegate.report.words import (
    NAME_LENGTH,
    display_name,
    finite,
    kind,
    models_in_words,
    tally,
    told,
)

_WORTH_TELLING = 0.5  # seconds
_MESSAGE_LENGTH = 500


def _new_token() -> str:
    return uuid.uuid4().hex


class LogProgress:
    """Writes what a candidate's thread tells when that candidate is finished.

    Several candidates are examined at once, and their lines must not mix. With `grouped` they are
    folded by GitHub's runner, and commands stop while text of the model's is on the log.
    """

    def __init__(
        self,
        stream: IO[str],
        *,
        grouped: bool,
        tracker: Tracker | None = None,
        new_token: Callable[[], str] = _new_token,
    ) -> None:
        self._stream = stream
        self._grouped = grouped
        self._tracker = tracker or Tracker()
        self._new_token = new_token
        self._lines: defaultdict[str, list[str]] = defaultdict(list)
        self._lock = threading.Lock()

    def run_started(self, models: Sequence[str]) -> None:
        """Says how many candidates will be examined."""
        with self._lock:
            self._tracker.expected = tuple(models)
            self._write(f"Examining {models_in_words(len(models))}.")

    def model_started(self, name: str, candidate: str | None) -> None:
        """Says which candidate begins."""
        with self._lock:
            track = self._tracker.track(label(name, candidate))
            self._write(f"{_short(track.label)}: started")

    def evidence_started(self, model: str, evidence: str) -> None:
        """Remembered for the signs of life."""
        with self._lock:
            self._tracker.evidence_started(model, evidence)

    def evidence_finished(self, model: str, evidence: str, seconds: float) -> None:
        """Kept for the candidate's group, where it took long enough to be noticed."""
        with self._lock:
            self._tracker.evidence_finished(model, evidence)
            if seconds >= _WORTH_TELLING:
                line = f"obtained {one_line(evidence)} in {finite(seconds):.1f} s"
                self._lines[model].append(line)

    def check_finished(self, model: str, result: CheckResult) -> None:
        """Kept for the candidate's group."""
        with self._lock:
            self._tracker.check_finished(model, result)
            message = shorten(one_line(result.message), _MESSAGE_LENGTH)
            self._lines[model].append(f"{kind(result)} {result.id}: {message}".rstrip(": "))

    def model_finished(self, report: ModelReport) -> None:
        """Writes all that was kept, and the verdict under it, where a fold does not hide it."""
        key = label(report.name, report.candidate)
        with self._lock:
            self._tracker.model_finished(key, report.verdict, report.seconds)
            name = one_line(display_name(report))
            self._write_group(name, self._lines.pop(key, []))
            counts = told(tally(report.checks))
            self._write(f"{name}: {report.verdict} ({counts}, {finite(report.seconds):.1f} s)")

    def run_finished(self, report: Report) -> None:
        """Writes what interrupted candidates had told."""
        del report
        with self._lock:
            for key, lines in self._lines.items():
                self._write_group(f"{_short(key)} (not finished)", lines)
            self._lines.clear()

    def beat(self) -> None:
        """A sign of life: what each unfinished candidate is at."""
        with self._lock:
            now = self._tracker.clock()
            for track in self._tracker.running:
                self._write(f"{_short(track.label)}: still at work: {track.doing(now)}")

    def _write_group(self, title: str, lines: list[str]) -> None:
        body = log("\n".join(f"  {line}" for line in lines))
        if self._grouped:
            body = stopped_commands(body, self._new_token())
            self._put(f"::group::{workflow_data(title)}\n{body}\n::endgroup::\n")
        else:
            self._write(f"{title}\n{body}")

    def _write(self, text: str) -> None:
        self._put(f"{log(text)}\n")

    def _put(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _short(key: str) -> str:
    return one_line(shorten(key, NAME_LENGTH))
