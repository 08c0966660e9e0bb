from __future__ import annotations

import pytest

from servegate.facts.change import Event
from servegate.facts.settings import Rollout, Settings
from servegate.providers import NotApplicable
from tests.support.evidence import (
    candidate,
    change,
    child,
    finding,
    findings,
    production,
    situation,
    specific,
)
from validators.version.number_increases import number_increases

_CHANGE = change(child("5", Event.UNCHANGED), child("3"))
_PRODUCTION = production(situation("3", "5"), situation("5"))


def test_names_the_number_to_choose() -> None:
    found = finding(number_increases(candidate(3), _CHANGE, _PRODUCTION, Settings()))

    assert "production already has 5" in found.message
    assert "Rename it to 6" in found.remedy
    assert "rollout: image" in found.remedy
    assert found.evidence == {"highest_before": "5"}
    assert found.severity is None


def test_highest_before_is_largest_number_not_last_name() -> None:
    added = change(child("10", Event.UNCHANGED), child("9", Event.UNCHANGED), child("11"))

    assert not findings(number_increases(candidate(11), added, production(), Settings()))


def test_policy_that_serves_it_all_the_same() -> None:
    pinned = production(situation("3", "5", policy=specific(3)), situation("5"))

    assert not findings(number_increases(candidate(3), _CHANGE, pinned, Settings()))


def test_first_version() -> None:
    added = change(child("1"))

    assert not findings(number_increases(candidate(1), added, production(), Settings()))


@pytest.mark.parametrize(
    ("event", "superseded_by", "rollout"),
    [
        (Event.ADDED, None, Rollout.IMAGE),
        (Event.CHANGED, None, Rollout.VOLUME),
        (Event.UNCHANGED, None, Rollout.VOLUME),
        (Event.ADDED, 6, Rollout.VOLUME),
    ],
)
def test_does_not_apply(event: Event, superseded_by: int | None, rollout: Rollout) -> None:
    asked = candidate(3, event=event, superseded_by=superseded_by)

    with pytest.raises(NotApplicable):
        list(number_increases(asked, _CHANGE, _PRODUCTION, Settings(rollout=rollout)))
