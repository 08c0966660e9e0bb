"""The picture of a rehearsed upgrade."""

from __future__ import annotations

from typing import Any

import pytest

from servegate.report.timeline import picture
from servegate.timeline import KEY, as_evidence
from tests.support.rehearsals import asked, rehearsal, timeline


def test_the_versions_change_hands() -> None:
    seen = timeline(*(asked(at / 10, 1 if at < 19 else 2) for at in range(30)))
    assert picture(as_evidence(rehearsal(seen))).splitlines() == [
        "seconds     0                                                        3.0",
        "version 1   ████████████████████████████████████▒▒▒▒",
        "version 2                                 ░░░░░░▒▒████████████████████▒▒",
        "                                1                   2",
        "1  1.0 s  version 2 is delivered",
        "2  2.0 s  version 2 has taken over",
        "█ answers   ▒ loaded   ░ loading or unloading   ! failed",
    ]


def test_a_single_lost_request_is_seen() -> None:
    seen = timeline(asked(0.5, 1), asked(1.7, None, trouble="gone", seconds=0.0), asked(1.9, 2))
    drawn = picture(as_evidence(rehearsal(seen))).splitlines()
    (line,) = [one for one in drawn if one.startswith("unanswered")]
    assert line.count("!") == 1


def test_many_versions_and_moments_do_not_fill_the_page() -> None:
    evidence: dict[str, Any] = as_evidence(rehearsal())
    drawn = evidence[KEY]
    drawn["versions"] = {str(one): [] for one in range(1000)}
    drawn["moments"] = [{"at": 1.0, "what": "x" * 10_000}] * 1000
    text = picture(evidence)
    assert "version 999" in text
    assert "version 7 " not in text
    assert len(text) < 4000


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {KEY: None},
        {KEY: {"seconds": 0}},
        {KEY: {"seconds": "nan", "requests": {}, "versions": {}, "moments": []}},
        {KEY: {"seconds": 1.0, "requests": {"answers": [{}]}, "versions": {}, "moments": []}},
        {KEY: {"seconds": 1.0, "requests": {"answers": []}, "versions": {"x": []}, "moments": []}},
        {KEY: {"seconds": 1.0, "requests": {"answers": []}, "versions": {"1": [{}]}, "moments": 7}},
    ],
)
def test_what_is_no_timeline_is_not_drawn(broken: dict[str, Any]) -> None:
    assert not picture(broken)
