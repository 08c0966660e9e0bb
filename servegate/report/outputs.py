"""The step's outputs, as lines for the file that `GITHUB_OUTPUT` names."""

from __future__ import annotations

from collections.abc import Iterable

from servegate.findings import Report
from servegate.report.safe import unicode_text
from servegate.report.words import Kind, tally

COUNTED = (Kind.PASSED, Kind.FAILED, Kind.ERRORED, Kind.SKIPPED, Kind.ADVISORY)


def render(report: Report, *, junit: str, details: str, delimiter: str) -> str:
    """The verdict, the number of checks of each kind, where `junit` and `details` lie, the images.

    `image` is production's, `image-id` and `image-digest` are the candidates', one a line. Every
    value stands between lines of the delimiter, a fresh UUID. Raises `ValueError` if a value holds
    it: what follows would be read as further outputs.
    """
    counts = tally(result for model in report.models for result in model.checks)
    values = {
        "verdict": report.verdict.value,
        **{kind.value: str(counts[kind]) for kind in COUNTED},
        "junit": junit,
        "report": details,
        "image": report.serving_image or "",
        "image-id": _lines(model.image_id for model in report.models),
        "image-digest": _lines(model.image_digest for model in report.models),
    }
    return "".join(output(name, value, delimiter) for name, value in values.items())


def output(name: str, value: str, delimiter: str) -> str:
    """One output; `delimiter` is a fresh UUID. Raises `ValueError` if the value holds it."""
    if delimiter in value:
        raise ValueError(f"The output {name} holds the delimiter.")
    return f"{name}<<{delimiter}\n{unicode_text(value)}\n{delimiter}\n"


def _lines(values: Iterable[str | None]) -> str:
    return "\n".join(dict.fromkeys(value for value in values if value))
