"""The words and figures that several formats share."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from textwrap import indent

from servegate.findings import CheckResult, Finding, ModelReport, Report, Severity, Status, Verdict
from servegate.phases import Phase
from servegate.progress import label
from servegate.report.safe import shorten

NAME_LENGTH = 120
"""Characters of a name that people are shown; `report.json` has all of them."""


class Kind(StrEnum):
    """What one result means to a reader: the status, with failures told apart by severity."""

    FAILED = "failed"
    ERRORED = "errored"
    ADVISORY = "advisory"
    SKIPPED = "skipped"
    PASSED = "passed"


def kind(result: CheckResult) -> Kind:
    """The kind of one result."""
    if result.status is Status.FAILED:
        return Kind.FAILED if result.rejects else Kind.ADVISORY
    return Kind(result.status.value)


def tally(results: Iterable[CheckResult]) -> Counter[Kind]:
    """How many results there are of each kind."""
    return Counter(kind(result) for result in results)


def told(counts: Counter[Kind]) -> str:
    """The counts in words, worst first: "1 failed, 12 passed"."""
    return ", ".join(f"{counts[one]} {one}" for one in Kind if counts[one]) or "no checks"


def display_name(model: ModelReport) -> str:
    """The name and version of a candidate at a length that can be shown."""
    return shorten(label(model.name, model.candidate), NAME_LENGTH)


def models_in_words(count: int) -> str:
    """So many models: "1 model", "2 models"."""
    return "1 model" if count == 1 else f"{count} models"


def finite(seconds: float) -> float:
    """A duration that every format can write, to the millisecond; nonsense becomes 0."""
    return round(max(0.0, seconds), 3) if math.isfinite(seconds) else 0.0


PHASES: Mapping[str, str] = {
    Phase.SETUP: "setting up Python and the environment",
    Phase.SELECTION: "finding what changed",
    Phase.FILES: "reading files",
    Phase.CALLABLES: "running the project's functions",
    Phase.IMAGE: "waiting for production's image",
    Phase.BUILD: "building the candidate's image",
    Phase.START: "starting servers",
    Phase.ASKING: "asking and comparing",
    Phase.CHECKS: "checks",
    Phase.CLEANUP: "cleaning up",
    Phase.REPORT: "writing the reports",
}
_BRIEFEST = 0.05  # seconds; what is shorter is 0.0 and no news


def phases_in_words(phases: Mapping[str, float]) -> str:
    """What took its time, in the order of the phases: "reading files 0.3 s, checks 1.2 s".

    What a later gate may have named otherwise goes by its own name, at the end.
    """
    ordered = (*PHASES, *(name for name in phases if name not in PHASES))
    known = ((name, finite(phases.get(name, 0.0))) for name in ordered)
    return ", ".join(
        f"{PHASES.get(name, name)} {spent:.1f} s" for name, spent in known if spent >= _BRIEFEST
    )


def headline(report: Report) -> str:
    """The verdict in one sentence or two."""
    ending = " The run was interrupted before everything was examined."
    return _verdict(report) + (ending if report.interrupted else "")


def _verdict(report: Report) -> str:
    total = len(report.models)
    like = sum(model.verdict is report.verdict for model in report.models)
    share = f"{like} of {models_in_words(total)}"
    match report.verdict:
        case Verdict.UNCHANGED:
            return "Unchanged: no model, and nothing that a verdict rests on, has changed."
        case Verdict.ACCEPTED:
            return f"Accepted: {models_in_words(total)} examined, nothing speaks against the merge."
        case Verdict.REJECTED:
            return f"Rejected: {share} failed a blocking check."
        case Verdict.UNDECIDED if total:
            return f"Undecided: {share} could not be judged."
        case Verdict.UNDECIDED:
            return "Undecided: nothing was examined."


def points(result: CheckResult) -> tuple[Finding, ...]:
    """What there is to say about a result, worst first, with the result's own message in front."""
    if not result.findings:
        return (Finding(message=result.message, remedy=result.remedy),)
    first, *rest = result.findings
    message = result.message or first.message
    worst = replace(first, message=message, remedy=first.remedy or result.remedy)
    return (worst, *(_marked(finding) if result.rejects else finding for finding in rest))


def _marked(finding: Finding) -> Finding:
    """What only informs must not look like a reason for the rejection that it stands under."""
    if finding.severity is not Severity.ADVISORY:
        return finding
    return replace(finding, message=f"Advisory: {finding.message}")


def fields(point: Finding) -> tuple[tuple[str, str], ...]:
    """The parts of a finding that are filled in, with their names, apart from the message."""
    named = (
        ("Expected", point.expected),
        ("Observed", point.observed),
        ("Where", str(point.location) if point.location else ""),
        ("Remedy", point.remedy),
    )
    return tuple((name, text.strip("\n")) for name, text in named if text.strip())


def field_in_words(name: str, text: str) -> str:
    """One field as plain text: what has several lines stands under its name."""
    return f"{name}:\n{indent(text, '  ')}" if "\n" in text else f"{name}: {text}"
