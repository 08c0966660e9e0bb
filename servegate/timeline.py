"""A rehearsal's timeline in JSON's own types: evidence of a check, and what reports draw.

The keys are `seconds`, `moments` (`at`, `what`), `versions` (by version a list of `at`, `state`,
`error`), `requests` (`sent`, `lost`, `slowest`, and `answers`: runs of `version`, `from`, `to` and
`count`, where `version` is None for requests without an answer) and, where it could be measured,
`memory` (`before`, `most`, in bytes). Times are in seconds from the first request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # reports are written by commands that never need NumPy
    from servegate.facts.rehearsal import Asked, Rehearsal, Timeline

KEY = "timeline"
"""Under which a check puts it into its evidence."""

_DIGITS = 3  # milliseconds


def as_evidence(rehearsal: Rehearsal) -> dict[str, object]:
    """The timeline, with the end of the server's log and what differs from production."""
    timeline = rehearsal.timeline
    drawn: dict[str, object] = {
        "seconds": _rounded(timeline.seconds),
        "moments": [{"at": _rounded(one.at), "what": one.what} for one in timeline.moments],
        "versions": _versions(timeline),
        "requests": _requests(timeline),
    }
    if timeline.memory:
        before = [one.amount for one in timeline.memory if one.at <= rehearsal.delivered]
        most = max(one.amount for one in timeline.memory)
        drawn["memory"] = {"before": max(before, default=most), "most": most}
    return {KEY: drawn, "log": rehearsal.log, "unlike_production": list(rehearsal.notes)}


def _versions(timeline: Timeline) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for one in timeline.states:
        seen = {"at": _rounded(one.at), "state": one.state, "error": one.error}
        found.setdefault(str(one.version), []).append(seen)
    return found


def _requests(timeline: Timeline) -> dict[str, object]:
    asked = timeline.asked
    return {
        "sent": len(asked),
        "lost": sum(one.version is None for one in asked),
        "slowest": _rounded(max((one.seconds for one in asked), default=0.0)),
        "answers": list(_runs(asked)),
    }


def _runs(asked: Iterable[Asked]) -> Iterator[dict[str, object]]:
    for version, run in groupby(asked, key=lambda one: one.version):
        together = list(run)
        yield {
            "version": None if version is None else str(version),
            "from": _rounded(together[0].at),
            "to": _rounded(max(one.at + one.seconds for one in together)),
            "count": len(together),
        }


def _rounded(seconds: float) -> float:
    return round(seconds, _DIGITS)
