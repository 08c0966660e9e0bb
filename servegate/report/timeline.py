"""A rehearsed upgrade as a small picture of characters, from the evidence of a check.

The evidence may come from another job's report: what is not of the form of `servegate.timeline` is
not drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from servegate.timeline import KEY

_WIDTH = 60
_MOST_VERSIONS = 8
_MOST_MOMENTS = 9
_LABEL = 80  # characters
_LOADED, _ANSWERS, _UNDER_WAY, _FAILED, _AWAY = "▒", "█", "░", "!", " "
_LEGEND = f"{_ANSWERS} answers   {_LOADED} loaded   {_UNDER_WAY} loading or unloading   "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """From when to when a version answered; None: nobody did."""

    version: str | None
    start: float
    end: float


def picture(evidence: Mapping[str, Any]) -> str:
    """Lines of text, empty where there is no timeline."""
    try:
        return "\n".join(_lines(evidence[KEY]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return ""


def _lines(timeline: Mapping[str, Any]) -> Iterator[str]:
    seconds = float(timeline["seconds"])
    if not (math.isfinite(seconds) and seconds > 0):
        raise ValueError(seconds)
    runs = [
        _Run(version=one["version"], start=float(one["from"]), end=float(one["to"]))
        for one in timeline["requests"]["answers"]
    ]
    versions = dict(sorted(timeline["versions"].items(), key=lambda item: int(item[0])))
    shown = dict(list(versions.items())[-_MOST_VERSIONS:])
    names = {f"version {name}": states for name, states in shown.items()}
    margin = max(map(len, [*names, "unanswered"])) + 2
    times = [seconds * (column + 0.5) / _WIDTH for column in range(_WIDTH)]
    yield f"{'seconds':<{margin}}0{seconds:>{_WIDTH - 1}.1f}"
    for name, states in names.items():
        answering = [one for one in runs if one.version == name.removeprefix("version ")]
        cells = (_cell(states, answering, at) for at in times)
        yield f"{name:<{margin}}{''.join(cells)}".rstrip()
    if lost := [one for one in runs if one.version is None]:
        cells = (_FAILED if _covers(lost, at, seconds) else _AWAY for at in times)
        yield f"{'unanswered':<{margin}}{''.join(cells)}".rstrip()
    yield from _moments(timeline["moments"][:_MOST_MOMENTS], seconds, margin)
    yield f"{_LEGEND}{_FAILED} failed"


def _cell(states: Sequence[Mapping[str, Any]], answering: Sequence[_Run], at: float) -> str:
    seen = [one for one in states if float(one["at"]) <= at]
    if any(one.start <= at <= one.end for one in answering):
        return _ANSWERS
    if not seen:
        return _AWAY
    last = seen[-1]
    if last["state"] == "AVAILABLE":
        return _LOADED
    if last["state"] == "END":
        return _FAILED if last["error"] else _AWAY
    return _UNDER_WAY


def _covers(runs: Sequence[_Run], at: float, seconds: float) -> bool:
    """Whether a request failed within the column: a single one would fall between two."""
    half = seconds / _WIDTH / 2
    return any(one.start - half <= at <= one.end + half for one in runs)


def _moments(moments: Sequence[Mapping[str, Any]], seconds: float, margin: int) -> Iterator[str]:
    marks = [" "] * _WIDTH
    said = []
    for number, one in enumerate(moments, 1):
        at = float(one["at"])
        column = min(_WIDTH - 1, max(0, int(at / seconds * _WIDTH)))
        while column < _WIDTH - 1 and marks[column] != " ":
            column += 1
        marks[column] = str(number)
        said.append(f"{number}  {at:.1f} s  {str(one['what'])[:_LABEL]}")
    yield f"{'':<{margin}}{''.join(marks)}".rstrip()
    yield from said
