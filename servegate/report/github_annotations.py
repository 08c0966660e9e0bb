"""Annotations on the pull request, as the runner's workflow commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from servegate.errors import Mistake
from servegate.findings import Finding, Location, ModelReport, Report, Severity
from servegate.report.safe import (
    one_line,
    shorten,
    workflow_data,
    workflow_property,
)
from servegate.report.words import Kind, display_name, field_in_words, fields, kind, points

PER_LEVEL = 10
"""What the runner takes of each level from one step; it drops the rest without a word."""

LONGEST = 4096
"""The runner cuts longer messages. It counts UTF-16 units, of which there are never more than
bytes of UTF-8, which is what is counted here."""

_TITLE_LENGTH = 200
_WRONG_USE = "Servegate: nothing was validated"
_LEVELS = {Kind.FAILED: "error", Kind.ERRORED: "error", Kind.ADVISORY: "warning"}


def render(report: Report, *, details: str = "report.json") -> str:
    """Workflow commands, one a line: errors, warnings, then notices of what was not examined.

    Where a level has more than the runner takes, its last one counts those that are left out and
    names the file `details`.
    """
    commands: dict[str, list[str]] = {"error": [], "warning": [], "notice": []}
    for model in report.models:
        for level, command in _of_model(model):
            commands[level].append(command)
    for note in (*report.notes, *map(str, report.not_examined)):
        commands["notice"].append(_command("notice", "Servegate", note))
    return "".join(
        f"{command}\n" for level in commands for command in _shown(level, commands[level], details)
    )


def of_mistakes(mistakes: Iterable[Mistake]) -> str:
    """Workflow commands for mistakes in arguments and configuration, an error each."""
    commands = [_command("error", _WRONG_USE, one.message, one.location) for one in mistakes]
    return "".join(f"{command}\n" for command in _shown("error", commands, "the step's log"))


def _shown(level: str, commands: list[str], details: str) -> list[str]:
    if len(commands) <= PER_LEVEL:
        return commands
    shown = commands[: PER_LEVEL - 1]
    left = len(commands) - len(shown)
    return [*shown, _command(level, "Servegate", f"{left} more like this are in {details}.")]


def _of_model(model: ModelReport) -> Iterator[tuple[str, str]]:
    name = display_name(model)
    for wanted, level in _LEVELS.items():
        for result in model.checks:
            if kind(result) is wanted:
                title = f"{name}: {result.title}"
                for point in points(result):
                    informs = point.severity is Severity.ADVISORY
                    one = "warning" if informs else level
                    yield one, _command(one, title, _message(point), point.location)
    if model.not_examined:
        absent = "\n".join(map(str, model.not_examined))
        yield "notice", _command("notice", f"{name}: not examined", absent)


def _message(point: Finding) -> str:
    # The place is where the annotation stands; saying it again would only take room.
    named = (field_in_words(name, text) for name, text in fields(point) if name != "Where")
    return "\n".join([point.message, *named])


def _command(level: str, title: str, message: str, place: Location | None = None) -> str:
    properties = {
        "file": place.file if place else "",
        "line": str(place.line) if place and place.line else "",
        "title": shorten(one_line(title), _TITLE_LENGTH),
    }
    listed = ",".join(
        f"{name}={workflow_property(value)}" for name, value in properties.items() if value
    )
    return f"::{level} {listed}::{workflow_data(message, LONGEST)}"
