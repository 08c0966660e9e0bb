from __future__ import annotations

from dataclasses import replace

import pytest

from servegate.facts.change import Event
from servegate.facts.settings import Rollout, Settings
from servegate.providers import NotApplicable
from servegate.tfserving.policy import PolicyKind, VersionPolicy
from servegate.tfserving.versions import Version, read_names
from tests.support.evidence import (
    candidate,
    change,
    child,
    finding,
    findings,
    production,
    remarks,
    situation,
    specific,
)
from validators.version.number_increases import number_increases

_ALL = VersionPolicy(kind=PolicyKind.ALL)
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


@pytest.mark.parametrize("pin", [3, 5])
def test_where_versions_are_pinned_numbers_need_not_rise(pin: int) -> None:
    pinned = production(situation("3", "5", policy=specific(pin)), situation("5"))

    with pytest.raises(NotApplicable, match="names its versions"):
        list(number_increases(candidate(3), _CHANGE, pinned, Settings()))


def test_a_lower_number_that_is_loaded_beside_a_higher_one_does_not_answer() -> None:
    both = production(situation("3", "5", policy=_ALL), situation("5", policy=_ALL))
    found = finding(number_increases(candidate(3), _CHANGE, both, Settings()))

    assert "is loaded and does not answer" in found.message


def test_a_lower_number_that_answers_by_label() -> None:
    head = situation("3", "5", policy=_ALL)
    assert head.model is not None
    labelled = replace(head, model=replace(head.model, labels={"b": Version(3)}))
    said = remarks(number_increases(candidate(3), _CHANGE, production(labelled), Settings()))

    assert said == ["Production answers with it by label: b."]


def test_the_highest_number_was_deleted() -> None:
    replaced = change(child("5", Event.DELETED), child("3"))
    served = production(situation("3"), situation("5"))

    assert not findings(number_increases(candidate(3), replaced, served, Settings()))


def test_the_highest_number_was_merely_not_fetched() -> None:
    fetched = replace(change(child("3")), base_names=read_names(["5"]))
    served = production(situation("3"), situation("5"))
    found = finding(number_increases(candidate(3), fetched, served, Settings()))

    assert "never picked up: production already has 5" in found.message


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
