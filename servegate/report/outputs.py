"""The step's outputs, as lines for the file that `GITHUB_OUTPUT` names."""

from __future__ import annotations

from servegate.findings import Report
from servegate.report.safe import unicode_text
from servegate.report.words import Kind, tally

COUNTED = (Kind.PASSED, Kind.FAILED, Kind.ERRORED, Kind.SKIPPED, Kind.ADVISORY)


def render(report: Report, *, junit: str, details: str, delimiter: str) -> str:
    """The verdict, the number of checks of each kind, and where `junit` and `details` lie.

    Every value stands between lines of the delimiter, a fresh UUID. Raises `ValueError` if a
    value holds it: what follows would be read as further outputs.
    """
    counts = tally(result for model in report.models for result in model.checks)
    values = {
        "verdict": report.verdict.value,
        **{kind.value: str(counts[kind]) for kind in COUNTED},
        "junit": junit,
        "report": details,
    }
    return "".join(_output(name, unicode_text(value), delimiter) for name, value in values.items())


def _output(name: str, value: str, delimiter: str) -> str:
    if delimiter in value:
        raise ValueError(f"The output {name} holds the delimiter.")
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"
