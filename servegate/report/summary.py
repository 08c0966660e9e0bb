"""`summary.md`: what a reviewer reads first, as GitHub's job summary and as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from servegate.findings import CheckResult, Finding, ModelReport, NotExamined, Report, Verdict
from servegate.report.safe import markdown, markdown_block, shorten
from servegate.report.sections import Section, fit
from servegate.report.timeline import picture
from servegate.report.words import (
    Kind,
    display_name,
    fields,
    finite,
    headline,
    kind,
    phases_in_words,
    points,
    tally,
    told,
)

LARGEST = 1_048_576
"""Bytes: of a longer step summary GitHub shows nothing at all."""

_TEXT_LENGTH = 4_000  # characters of one field; a log's beginning and end
_CELL_LENGTH = 300
_END_OF_DETAILS = "\n</details>\n\n"
_SIGNS = {
    Verdict.ACCEPTED: "✅",
    Verdict.REJECTED: "❌",
    Verdict.UNDECIDED: "⚠️",
    Verdict.UNCHANGED: "✅",
}
_EXPLAINED = {
    Kind.FAILED: "Failed",
    Kind.ERRORED: "Errored: the gate could not tell",
    Kind.ADVISORY: "Advisory: does not block",
}


def render(report: Report, *, largest: int = LARGEST, details: str = "report.json") -> str:
    """The report as GitHub's Markdown, of at most `largest` bytes.

    What does not fit is left out by whole rows from the end, and a last line says how much that
    is and that it stands in the file `details`.
    """

    def left_out(rows: Counter[str]) -> str:
        listed = ", ".join(f"{what}: {count}" for what, count in rows.items())
        return (
            f"\n_Left out, since a summary may not be longer: {listed}. "
            f"All of it is in {markdown(details)}._\n"
        )

    return fit([*_overview(report), *_told(report), *_folded(report)], largest, left_out)


def _overview(report: Report) -> Iterator[Section]:
    sign = _SIGNS[report.verdict]
    yield Section(what="headline", rows=(f"# {sign} {markdown(headline(report))}\n\n",))
    yield Section(what="facts of the run", rows=(_facts(report),))
    yield Section(
        what="models",
        opening=_row("model", "verdict", "checks", "baseline", "seconds")
        + _row("---", "---", "---", "---", "---:"),
        rows=tuple(map(_model_row, report.models)),
        closing="\n",
    )


def _told(report: Report) -> Iterator[Section]:
    for one, title in _EXPLAINED.items():
        yield Section(
            what=f"{one} checks", opening=f"## {title}\n\n", rows=tuple(_explained(report, one))
        )
    yield Section(
        what="rehearsed upgrades",
        opening="## Upgrades, rehearsed\n\n",
        rows=tuple(_pictures(report)),
    )
    yield Section(
        what="not examined",
        opening="## Not examined\n\n",
        rows=tuple(_not_examined(report)),
        closing="\n",
    )
    yield Section(
        what="notes",
        opening="## Notes\n\n",
        rows=tuple(f"- {_text(note)}\n" for note in report.notes),
        closing="\n",
    )
    yield Section(
        what="lines of times",
        opening="## Where the time went\n\n",
        rows=tuple(_time_lines(report)),
        closing="\n",
    )


def _facts(report: Report) -> str:
    facts = (
        ("head", report.head),
        ("base", report.base),
        ("answered by", report.runtime),
        ("serving image", report.serving_image),
        ("took", f"{finite(report.seconds):.1f} s"),
    )
    listed = (f"{name} {_text(value)}" for name, value in facts if value)
    return " · ".join(listed) + "\n\n"


def _model_row(model: ModelReport) -> str:
    return _row(
        _name(model),
        f"{_SIGNS[model.verdict]} {model.verdict}",
        told(tally(model.checks)),
        _cell(", ".join(model.baseline)),
        f"{finite(model.seconds):.1f}",
    )


def _explained(report: Report, wanted: Kind) -> Iterator[str]:
    for model in report.models:
        for result in model.checks:
            if kind(result) is wanted:
                title = f"### {_name(model)}: {_cell(result.id)}\n\n"
                yield title + "".join(map(_point, points(result)))


def _point(point: Finding) -> str:
    named = "".join(_field(name, text) for name, text in fields(point))
    return f"{_block(point.message)}\n\n{named}\n" if point.message else f"{named}\n"


def _field(name: str, text: str) -> str:
    if "\n" not in text:
        return f"- **{name}:** {_text(text)}\n"
    # A fence inside a list's item is indented as its text is.
    block = markdown_block(shorten(text, _TEXT_LENGTH)).replace("\n", "\n  ")
    return f"- **{name}:**\n\n  {block}\n"


def _block(text: str) -> str:
    """A sentence as a paragraph; what follows it (a log, a traceback) line by line."""
    first, _, rest = text.strip().partition("\n")
    paragraph = _text(first)
    if not rest.strip():
        return paragraph
    return f"{paragraph}\n\n{markdown_block(shorten(rest, _TEXT_LENGTH))}"


def _pictures(report: Report) -> Iterator[str]:
    for model in report.models:
        for result in model.checks:
            if drawn := picture(result.evidence):
                yield f"### {_name(model)}\n\n{markdown_block(drawn)}\n\n"


def _not_examined(report: Report) -> Iterator[str]:
    yield from (_absent(one) for one in report.not_examined)
    for model in report.models:
        yield from (_absent(one, f"{_name(model)}: ") for one in model.not_examined)


def _absent(one: NotExamined, prefix: str = "") -> str:
    enable = f". To enable it: {_text(one.enable)}" if one.enable else ""
    return f"- {prefix}{_text(one.what.rstrip('.'))}{enable}\n"


def _time_lines(report: Report) -> Iterator[str]:
    if told_of_run := phases_in_words(report.phases):
        yield f"- the run: {_text(told_of_run)}\n"
    for model in report.models:
        if told_of_model := phases_in_words(model.phases):
            yield f"- {_name(model)}: {_text(told_of_model)}\n"


def _folded(report: Report) -> Iterator[Section]:
    for model in report.models:
        heading = f"### {_name(model)}\n\n"
        yield _checks(model, heading)
        yield _times(model, "" if model.checks else heading)


def _checks(model: ModelReport, heading: str) -> Section:
    return Section(
        what="rows of checks",
        opening=heading
        + _details(f"Checks: {told(tally(model.checks))}")
        + _row("check", "result", "seconds", "message")
        + _row("---", "---", "---:", "---"),
        rows=tuple(map(_check_row, model.checks)),
        closing=_END_OF_DETAILS,
    )


def _times(model: ModelReport, heading: str) -> Section:
    longest_first = sorted(model.evidence_seconds.items(), key=lambda item: -finite(item[1]))
    return Section(
        what="rows of times",
        opening=heading
        + _details("Evidence, the longest first")
        + _row("evidence", "seconds")
        + _row("---", "---:"),
        rows=tuple(_row(_cell(name), f"{finite(spent):.3f}") for name, spent in longest_first),
        closing=_END_OF_DETAILS,
    )


def _details(title: str) -> str:
    """Opens a fold. `title` is ours: Markdown's escapes do not count inside HTML."""
    return f"<details><summary>{title}</summary>\n\n"


def _check_row(result: CheckResult) -> str:
    seconds = f"{finite(result.seconds):.3f}"
    return _row(_cell(result.id), kind(result).value, seconds, _cell(result.message))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _name(model: ModelReport) -> str:
    return markdown(display_name(model))


def _cell(text: str) -> str:
    return markdown(shorten(text, _CELL_LENGTH))


def _text(text: str) -> str:
    return markdown(shorten(text, _TEXT_LENGTH))
