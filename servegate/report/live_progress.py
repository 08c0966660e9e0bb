"""Progress for a person at a terminal: a line for each candidate, redrawn while it is examined."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from servegate.findings import CheckResult, ModelReport, Report
from servegate.progress import label
from servegate.report.console import KIND_STYLES, VERDICT_STYLES
from servegate.report.safe import one_line, shorten
from servegate.report.tracker import Track, Tracker
from servegate.report.words import Kind, display_name, finite, kind, models_in_words, tally, told

_NAME_LENGTH = 40
_MESSAGE_LENGTH = 300
_ROWS_KEPT_FREE = 4  # of the terminal's height, for the last line and what was printed before
_TOLD_AT_ONCE = frozenset({Kind.FAILED, Kind.ERRORED})


class LiveProgress:
    """Keeps the state that `view` draws, and prints what is settled above it.

    Nothing is printed while the lock is held: rich's own lock is held when it asks for the view.
    """

    def __init__(self, console: Console, *, tracker: Tracker | None = None) -> None:
        self._console = console
        self._tracker = tracker or Tracker()
        self._spinner = Spinner("dots")
        self._lock = threading.Lock()

    def run_started(self, models: Sequence[str]) -> None:
        """Remembers how many there are."""
        with self._lock:
            self._tracker.expected = tuple(models)

    def model_started(self, name: str, candidate: str | None) -> None:
        """A line of its own from now on."""
        with self._lock:
            self._tracker.track(label(name, candidate))

    def evidence_started(self, model: str, evidence: str) -> None:
        """Shown in the candidate's line."""
        with self._lock:
            self._tracker.evidence_started(model, evidence)

    def evidence_finished(self, model: str, evidence: str, seconds: float) -> None:
        """No longer shown; the summary has the `seconds`."""
        del seconds
        with self._lock:
            self._tracker.evidence_finished(model, evidence)

    def check_finished(self, model: str, result: CheckResult) -> None:
        """Counted; what blocks the merge is told at once."""
        with self._lock:
            self._tracker.check_finished(model, result)
        one = kind(result)
        if one in _TOLD_AT_ONCE:
            line = f"{_short(model)}: {one} {one_line(result.id)}: {one_line(result.message)}"
            self._print(shorten(line, _MESSAGE_LENGTH), KIND_STYLES[one])

    def model_finished(self, report: ModelReport) -> None:
        """The line goes, the verdict stays."""
        key = label(report.name, report.candidate)
        with self._lock:
            self._tracker.model_finished(key, report.verdict, report.seconds)
        counts = told(tally(report.checks))
        text = f"{report.verdict} ({counts}, {finite(report.seconds):.1f} s)"
        self._print(f"{one_line(display_name(report))}: {text}", VERDICT_STYLES[report.verdict])

    def run_finished(self, report: Report) -> None:
        """Says nothing: the view ends with its block, and the verdict follows it."""

    def view(self) -> RenderableType:
        """What is going on now, in no more lines than the terminal has."""
        with self._lock:
            running = self._tracker.running
            done, total = self._tracker.finished, len(self._tracker.expected)
            now = self._tracker.clock()
            shown = running[: max(1, self._console.height - _ROWS_KEPT_FREE)]
            rows = [(_short(track.label), _counts(track), track.doing(now)) for track in shown]
        table = Table.grid(padding=(0, 2))
        for name, counts, doing in rows:
            table.add_row(self._spinner, Text(name), counts, Text(one_line(doing), style="dim"))
        last = f"{done} of {models_in_words(total)} finished"
        return Group(table, Text(last, style="dim"))

    def _print(self, text: str, style: str) -> None:
        self._console.print(Text(text, style=style, overflow="fold"))


def _short(key: str) -> str:
    return one_line(shorten(key, _NAME_LENGTH))


def _counts(track: Track) -> Text:
    parts = [(f"{track.counts[one]} {one}", KIND_STYLES[one]) for one in Kind if track.counts[one]]
    return Text(", ").join(Text(text, style=style) for text, style in parts)
