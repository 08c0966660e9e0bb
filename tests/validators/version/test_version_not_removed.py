from __future__ import annotations

import pytest

from servegate.facts.change import Event
from servegate.facts.production import Production, Situation
from servegate.findings import Location
from servegate.providers import NotApplicable
from servegate.tfserving.policy import PolicyKind, VersionPolicy
from tests.support.evidence import (
    POLICY,
    change,
    child,
    finding,
    findings,
    production,
    remarks,
    situation,
    specific,
)
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


def test_pin_that_is_left_dangling_below_the_answering_version() -> None:
    deleted = change(child("1", Event.DELETED), child("2", Event.UNCHANGED))
    served = production(
        situation("2", policy=specific(1, 2)), situation("1", "2", policy=specific(1, 2))
    )
    found = finding(version_not_removed(deleted, served))

    assert found.location == POLICY
    assert "deploy/models.config:5 still names it" in found.message
    assert "Restore models/prices/1, or change deploy/models.config:5" in found.remedy


@pytest.mark.parametrize("policy", [VersionPolicy(kind=PolicyKind.ALL), VersionPolicy(count=2)])
def test_a_version_loaded_beside_the_answering_one_may_go(policy: VersionPolicy) -> None:
    deleted = change(child("1", Event.DELETED), child("2", Event.UNCHANGED))
    served = production(situation("2", policy=policy), situation("1", "2", policy=policy))

    assert "asks for it by number gets 404" in remarks(version_not_removed(deleted, served))[0]


def test_a_version_that_was_not_loaded_may_go_without_a_word() -> None:
    deleted = change(child("1", Event.DELETED), child("2", Event.UNCHANGED))

    assert not remarks(
        version_not_removed(deleted, production(situation("2"), situation("1", "2")))
    )


def test_another_name_of_the_same_number_is_no_deletion() -> None:
    padded = change(child("2", Event.DELETED), child("002", Event.RENAMED))
    served = production(situation("002"), situation("2"))

    assert not findings(version_not_removed(padded, served))


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
