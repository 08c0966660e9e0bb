"""`report.json` back to a `Report`: what `servegate.report.json_report` writes, and no more.

The file may come from another job, which ran models: nothing in it is trusted to have a form. Keys
that are not known are passed over, so that a later gate may write more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from servegate.findings import (
    CheckResult,
    Finding,
    Location,
    ModelReport,
    NotExamined,
    Report,
    Severity,
    Status,
    Verdict,
)
from servegate.report.json_report import SCHEMA
from servegate.shards import Shard

_CENTURY = 3.2e9  # seconds; neither NaN nor a number without end is less

_Choice = TypeVar("_Choice", bound=StrEnum)
_Item = TypeVar("_Item")


class Unreadable(ValueError):
    """The text is no report; the message is a clause that says why."""


def read(text: str | bytes) -> Report:
    """The report that was rendered as this text. Raises `Unreadable`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("it is not JSON") from error
    whole = _Object(document, "the document")
    if whole.get("schema") != SCHEMA:
        raise Unreadable(f"its schema is {whole.get('schema')!r:.20}, not {SCHEMA}")
    return _report(whole)


class _Object:
    """A JSON object whose values are asked for by their types; `place` is for messages."""

    def __init__(self, value: object, place: str) -> None:
        if not isinstance(value, Mapping):
            raise Unreadable(f"{place} is not an object")
        self._value: Mapping[str, object] = value
        self._place = place

    def get(self, key: str) -> object:
        return self._value.get(key)

    def text(self, key: str) -> str:
        value = self.get(key)
        if not isinstance(value, str):
            raise self._wrong(key, "text")
        return value

    def maybe_text(self, key: str) -> str | None:
        return None if self.get(key) is None else self.text(key)

    def seconds(self, key: str) -> float:
        return _seconds(self.get(key), self._wrong(key, "a duration"))

    def durations(self, key: str) -> dict[str, float]:
        """Seconds by name; none where the key is not there."""
        given = {} if self.get(key) is None else self.mapping(key)
        wrong = self._wrong(key, "an object of durations")
        return {name: _seconds(value, wrong) for name, value in given.items()}

    def boolean(self, key: str) -> bool:
        value = self.get(key)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def choice(self, key: str, kind: type[_Choice]) -> _Choice:
        value = self.text(key)
        try:
            return kind(value)
        except ValueError:
            raise self._wrong(key, f"one of {', '.join(kind)}") from None

    def mapping(self, key: str) -> Mapping[str, object]:
        value = self.get(key)
        if not isinstance(value, Mapping):
            raise self._wrong(key, "an object")
        return value

    def items(self, key: str, read_item: Callable[[_Object], _Item]) -> tuple[_Item, ...]:
        place = f"an entry of {key}"
        return tuple(read_item(_Object(entry, place)) for entry in self._list(key))

    def texts(self, key: str) -> tuple[str, ...]:
        found = tuple(entry for entry in self._list(key) if isinstance(entry, str))
        if len(found) != len(self._list(key)):
            raise self._wrong(key, "a list of texts")
        return found

    def _list(self, key: str) -> list[object]:
        value = self.get(key)
        if not isinstance(value, list):
            raise self._wrong(key, "a list")
        return value

    def _wrong(self, key: str, expected: str) -> Unreadable:
        return Unreadable(f"{key!r} of {self._place} is not {expected}")


def _seconds(value: object, wrong: Unreadable) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _CENTURY:
        raise wrong
    return float(value)


def _report(found: _Object) -> Report:
    return Report(
        verdict=found.choice("verdict", Verdict),
        base=found.maybe_text("base"),
        head=found.maybe_text("head"),
        runtime=found.text("runtime"),
        serving_image=found.maybe_text("serving_image"),
        seconds=found.seconds("seconds"),
        interrupted=found.boolean("interrupted"),
        shard=_shard(found.maybe_text("shard")),
        models=found.items("models", _model),
        not_examined=_absent(found.texts("not_examined")),
        notes=found.texts("notes"),
        phases=found.durations("phases"),
    )


def _shard(text: str | None) -> Shard | None:
    try:
        return None if text is None else Shard.parse(text)
    except ValueError as error:
        raise Unreadable(f"its shard {error}") from error


def _model(found: _Object) -> ModelReport:
    return ModelReport(
        name=found.text("name"),
        path=found.text("path"),
        candidate=found.maybe_text("candidate"),
        baseline=found.texts("baseline"),
        image_id=found.maybe_text("image_id"),
        image_digest=found.maybe_text("image_digest"),
        verdict=found.choice("verdict", Verdict),
        seconds=found.seconds("seconds"),
        phases=found.durations("phases"),
        evidence_seconds=found.durations("evidence_seconds"),
        not_examined=_absent(found.texts("not_examined")),
        checks=found.items("checks", _check),
    )


def _absent(texts: Iterable[str]) -> tuple[NotExamined, ...]:
    return tuple(NotExamined(what=text) for text in texts)


def _check(found: _Object) -> CheckResult:
    return CheckResult(
        id=found.text("id"),
        title=found.text("title"),
        status=found.choice("status", Status),
        severity=found.choice("severity", Severity),
        message=found.text("message"),
        remedy=found.text("remedy"),
        findings=found.items("findings", _finding),
        evidence=found.mapping("evidence"),
        seconds=found.seconds("seconds"),
    )


def _finding(found: _Object) -> Finding:
    return Finding(
        message=found.text("message"),
        expected=found.text("expected"),
        observed=found.text("observed"),
        remedy=found.text("remedy"),
        location=_location(found),
        severity=found.choice("severity", Severity),
        evidence=found.mapping("evidence"),
    )


def _location(found: _Object) -> Location | None:
    if found.get("location") is None:
        return None
    place = _Object(found.get("location"), "a location")
    line = place.get("line")
    if line is not None and (not isinstance(line, int) or isinstance(line, bool)):
        raise Unreadable("the line of a location is not a whole number")
    return Location(file=place.text("file"), line=line)
