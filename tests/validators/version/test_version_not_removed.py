from __future__ import annotations

import pytest

from servegate.facts.change import Event
from servegate.facts.production import Production, Situation
from servegate.findings import Location
from servegate.providers import NotApplicable
from tests.support.evidence import change, child, finding, findings, production, situation, specific
from validators.version.version_not_removed import version_not_removed

_DELETED = change(child("1", Event.UNCHANGED), child("2", Event.DELETED))


def test_says_what_answers_then() -> None:
    found = finding(version_not_removed(_DELETED, production(situation("1"), situation("1", "2"))))

    assert found.observed == "version 1 answers again"
    assert found.location == Location(file="models/prices/2")
    assert "version/version-not-removed" in found.remedy


def test_model_at_the_top_of_the_repository() -> None:
    deleted = change(child("1", Event.UNCHANGED), child("2", Event.DELETED), path=".")
    found = finding(version_not_removed(deleted, production(situation("1"), situation("1", "2"))))

    assert found.location == Location(file="2")


def test_nothing_left() -> None:
    deleted = change(child("2", Event.DELETED))
    found = finding(version_not_removed(deleted, production(situation(), situation("2"))))

    assert found.observed == "no version is left"


def test_policy_that_already_named_the_older_one() -> None:
    served = production(
        situation("1", policy=specific(1)), situation("1", "2", policy=specific(1, 2))
    )

    assert not findings(version_not_removed(_DELETED, served))


def test_version_that_falls_without_a_deletion_is_the_policys_business() -> None:
    kept = change(child("1", Event.UNCHANGED), child("2", Event.UNCHANGED))
    pinned = production(situation("1", "2", policy=specific(1)), situation("1", "2"))

    assert not findings(version_not_removed(kept, pinned))


def test_model_that_production_no_longer_names() -> None:
    gone = Situation(model=None, aspired=())

    assert not findings(version_not_removed(_DELETED, production(gone, situation("1", "2"))))


@pytest.mark.parametrize("base", [None, situation()])
def test_nothing_was_served_before(base: Situation | None) -> None:
    with pytest.raises(NotApplicable):
        list(version_not_removed(_DELETED, Production(head=situation("1"), base=base)))
