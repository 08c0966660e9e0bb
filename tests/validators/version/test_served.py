from __future__ import annotations

from dataclasses import replace

import pytest

from servegate.facts.settings import Settings
from servegate.facts.start import Identity
from servegate.providers import NotApplicable
from servegate.tfserving.policy import PolicyKind, VersionPolicy
from servegate.tfserving.versions import Version
from tests.support.evidence import (
    POLICY,
    candidate,
    finding,
    production,
    remarks,
    situation,
    specific,
)
from validators.version.served import served


def _identity(grpc: int, rest: int, *, compared: int = 0, unlike: str = "") -> Identity:
    return Identity(by_grpc=Version(grpc), by_rest=Version(rest), compared=compared, unlike=unlike)


def test_all_witnesses_agree() -> None:
    said = remarks(served(candidate(), production(), Settings(), _identity(2, 2, compared=8)))

    assert said == ["gRPC and REST both name version 2, and 8 answers agree."]


def test_one_witness_is_enough() -> None:
    found = finding(served(candidate(), production(), Settings(), _identity(2, 1)))

    assert found.observed == "REST names version 1"
    assert found.location is None


def test_policy_is_blamed_where_there_is_one() -> None:
    pinned = production(situation("1", "2", policy=specific(1)))
    found = finding(served(candidate(), pinned, Settings(), _identity(1, 1)))

    assert found.message.endswith("deploy/models.config:5 decides.")
    assert found.location == POLICY


def test_other_answers_under_the_right_number() -> None:
    identity = _identity(2, 2, compared=1, unlike="'y': 1 against 2")
    found = finding(served(candidate(), production(), Settings(), identity))

    assert "'y': 1 against 2" in found.message
    assert found.severity is None


@pytest.mark.parametrize(("staged", "superseded_by"), [(True, None), (False, 3)])
def test_does_not_apply(staged: bool, superseded_by: int | None) -> None:  # noqa: FBT001
    asked = candidate(superseded_by=superseded_by)
    simulated = production(situation("1", "2", "3"))

    with pytest.raises(NotApplicable):
        list(served(asked, simulated, Settings(staged=staged), _identity(1, 1)))


def test_a_pinned_lower_version_is_the_one_to_answer() -> None:
    pinned = production(situation("1", "2", "3", policy=specific(2)))
    asked = candidate(superseded_by=3)

    assert remarks(served(asked, pinned, Settings(), _identity(2, 2)))


def test_an_experiment_by_label_beside_the_answering_version() -> None:
    head = situation("2", "5", policy=VersionPolicy(kind=PolicyKind.ALL))
    assert head.model is not None
    labelled = replace(head, model=replace(head.model, labels={"b": Version(2)}))
    said = remarks(served(candidate(), production(labelled), Settings(), _identity(5, 5)))

    assert said == ["Version 5 answers requests that name no version, and 2 by label (b)."]


def test_a_label_excuses_no_other_answer_than_the_configured_one() -> None:
    head = situation("2", "5", policy=VersionPolicy(kind=PolicyKind.ALL))
    assert head.model is not None
    labelled = replace(head, model=replace(head.model, labels={"b": Version(2)}))

    found = finding(served(candidate(), production(labelled), Settings(), _identity(1, 1)))
    assert found.severity is None
