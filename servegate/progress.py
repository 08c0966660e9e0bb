"""What the engine tells while it works, and to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from servegate.findings import CheckResult, ModelReport, Report


def label(name: str, candidate: str | None) -> str:
    """The name of one (model, candidate) in the events below: unique within a run."""
    return name if candidate is None else f"{name} {candidate}"


class Progress(Protocol):
    """Told what happens, as it happens, by several threads at once (one per candidate).

    `model` is always a `label`. Order: `run_started`, then for each candidate `model_started`,
    any number of evidence and check events, `model_finished`, and `run_finished` at the end. One
    piece of evidence may be obtained while another is; an interrupted run may leave out any
    `…_finished` but the last. An implementation never raises for the sake of what it is told:
    names and messages come from models.
    """

    def run_started(self, models: Sequence[str]) -> None:
        """The candidates that will be examined."""

    def model_started(self, name: str, candidate: str | None) -> None:
        """A thread begins with one candidate; its label is `label(name, candidate)`."""

    def evidence_started(self, model: str, evidence: str) -> None:
        """A provider begins (`server`, `rehearsal`); most are done in milliseconds."""

    def evidence_finished(self, model: str, evidence: str, seconds: float) -> None:
        """A provider is done, with or without success, `seconds` after it began."""

    def check_finished(self, model: str, result: CheckResult) -> None:
        """One check has its result."""

    def model_finished(self, report: ModelReport) -> None:
        """One candidate has its verdict."""

    def run_finished(self, report: Report) -> None:
        """The last event, also of an interrupted run."""


class Silent:
    """Keeps everything to itself: for tests, `plan`, and whoever wants only the reports."""

    def run_started(self, models: Sequence[str]) -> None:
        """Says nothing."""

    def model_started(self, name: str, candidate: str | None) -> None:
        """Says nothing."""

    def evidence_started(self, model: str, evidence: str) -> None:
        """Says nothing."""

    def evidence_finished(self, model: str, evidence: str, seconds: float) -> None:
        """Says nothing."""

    def check_finished(self, model: str, result: CheckResult) -> None:
        """Says nothing."""

    def model_finished(self, report: ModelReport) -> None:
        """Says nothing."""

    def run_finished(self, report: Report) -> None:
        """Says nothing."""
