"""What the person at the terminal, or whoever reads the job's log, sees at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from servegate.findings import CheckResult, Finding, ModelReport, Report, Verdict
from servegate.report.safe import log, shorten, terminal
from servegate.report.words import (
    Kind,
    display_name,
    field_in_words,
    fields,
    finite,
    headline,
    kind,
    points,
    tally,
    told,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

_TEXT_LENGTH = 4_000  # characters of one field; a log's beginning and end
_BRIEF_LENGTH = 300
_TOLD = (Kind.FAILED, Kind.ERRORED, Kind.ADVISORY)
VERDICT_STYLES = {
    Verdict.ACCEPTED: "green",
    Verdict.REJECTED: "bold red",
    Verdict.UNDECIDED: "yellow",
    Verdict.UNCHANGED: "green",
}
KIND_STYLES = {
    Kind.FAILED: "bold red",
    Kind.ERRORED: "yellow",
    Kind.ADVISORY: "yellow",
    Kind.SKIPPED: "dim",
    Kind.PASSED: "green",
}


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Text that may have several lines, its indentation in columns, and a style of rich's."""

    text: str
    indent: int = 0
    style: str = ""


def plain(report: Report, *, written: Sequence[str] = ()) -> str:
    """Plain lines, harmless to the runner's command parser. `written` are the reports' paths."""
    lines = (
        f"{' ' * paragraph.indent}{line}".rstrip()
        for paragraph in _paragraphs(report, written)
        for line in terminal(paragraph.text).split("\n")
    )
    return log("\n".join(lines)) + "\n"


def rich(report: Report, *, written: Sequence[str] = ()) -> RenderableType:
    """The same for a terminal: coloured, and wrapped within its indentation."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    return Group(
        *(
            Padding(
                Text(terminal(paragraph.text), style=paragraph.style, overflow="fold"),
                (0, 0, 0, paragraph.indent),
                expand=False,
            )
            for paragraph in _paragraphs(report, written)
        )
    )


def _paragraphs(report: Report, written: Sequence[str]) -> Iterator[_Paragraph]:
    yield _Paragraph(headline(report), style=VERDICT_STYLES[report.verdict])
    for model in report.models:
        yield _Paragraph("")
        yield from _model(model)
    if report.notes or report.not_examined:
        yield _Paragraph("")
    for note in report.notes:
        yield _Paragraph(f"Note: {note}")
    for absent in report.not_examined:
        yield _not_examined(str(absent), indent=0)
    if written:
        yield _Paragraph("")
        yield _Paragraph("Reports: " + ", ".join(written))


def _model(model: ModelReport) -> Iterator[_Paragraph]:
    spent = f"{finite(model.seconds):.1f} s"
    yield _Paragraph(
        f"{display_name(model)}: {model.verdict} ({told(tally(model.checks))}, {spent})",
        style=VERDICT_STYLES[model.verdict],
    )
    for wanted in _TOLD:
        for result in model.checks:
            if kind(result) is wanted:
                yield from _result(result)
    for absent in model.not_examined:
        yield _not_examined(str(absent), indent=2)


def _not_examined(text: str, indent: int) -> _Paragraph:
    brief = shorten(" ".join(text.split()), _BRIEF_LENGTH)
    return _Paragraph(f"Not examined: {brief}", indent, "dim")


def _result(result: CheckResult) -> Iterator[_Paragraph]:
    one = kind(result)
    yield _Paragraph(f"{one.upper()} {result.id}", 2, KIND_STYLES[one])
    for point in points(result):
        yield from _point(point)


def _point(point: Finding) -> Iterator[_Paragraph]:
    if point.message:
        yield _Paragraph(shorten(point.message, _TEXT_LENGTH), 4)
    for name, text in fields(point):
        yield _Paragraph(field_in_words(name, shorten(text, _TEXT_LENGTH)), 6)
