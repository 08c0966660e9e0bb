from __future__ import annotations

import pytest

from servegate.checks import Outcome
from servegate.facts.change import Candidate
from servegate.facts.clients import ClientRequest
from servegate.facts.production import Production, Situation
from servegate.facts.settings import Settings
from servegate.findings import Location, Severity
from servegate.providers import NotApplicable
from servegate.tfserving.versions import Version
from tests.support.evidence import (
    candidate,
    finding,
    findings,
    production,
    repository,
    situation,
    specific,
)
from validators.version.clients_ask_for_it import clients_ask_for_it

_WHERE = Location(file="client/address.py", line=3)


def _asks(
    model: str = "prices",
    *,
    version: int | None = None,
    label: str | None = None,
    changed: bool = False,
) -> ClientRequest:
    number = None if version is None else Version(version)
    return ClientRequest(location=_WHERE, model=model, version=number, label=label, changed=changed)


def _check(
    *requests: ClientRequest,
    simulated: Production | None = None,
    asked: Candidate | None = None,
    models: tuple[str, ...] = ("prices",),
) -> Outcome:
    return clients_ask_for_it(
        asked or candidate(),
        simulated or production(),
        Settings(location=Location(file="servegate.yml", line=2)),
        repository(*models),
        requests,
    )


def test_informs_and_never_blocks() -> None:
    assert clients_ask_for_it.__dict__["check"].severity is Severity.ADVISORY


def test_says_where_what_and_what_is_served_instead() -> None:
    found = finding(_check(_asks(version=1)))

    assert found.message.startswith("client/address.py:3 asks for version 1 of 'prices'; after")
    assert "production serves version 2" in found.message
    assert "specific { versions: 1 versions: 2 }" in found.remedy
    assert found.location == _WHERE


def test_a_version_that_is_not_even_in_the_tree_cannot_be_kept() -> None:
    found = finding(_check(_asks(version=7, changed=True)))

    assert "keep it loaded" not in found.remedy


@pytest.mark.parametrize("version", [2, None])
def test_what_is_served(version: int | None) -> None:
    assert not findings(_check(_asks(version=version)))


def test_what_was_wrong_before_and_nobody_touches() -> None:
    assert not findings(_check(_asks(version=7)))


def test_without_a_base_everything_is_told() -> None:
    unknown = Production(base=None, head=situation("1", "2"))

    assert len(findings(_check(_asks(version=7), simulated=unknown))) == 1


def test_pinned_versions_are_the_ones_that_answer() -> None:
    pinned = production(situation("1", "2", policy=specific(1, 2)))

    assert not findings(_check(_asks(version=1), simulated=pinned))


def test_label_that_nobody_has_ever_had_is_old_news() -> None:
    assert not findings(_check(_asks(label="stable")))
    assert "'stable'" in finding(_check(_asks(label="stable", changed=True))).observed


@pytest.mark.parametrize(
    "name", ["Prices", "PRICES", "prices-v2", "prices2", "pri-ces", "prices_model"]
)
def test_names_that_are_this_models_written_otherwise(name: str) -> None:
    assert finding(_check(_asks(name))).remedy == "Write prices."


@pytest.mark.parametrize("name", ["price", "prices_eu", "prices_test", "rents", "v2", "1"])
def test_names_that_may_be_another_models(name: str) -> None:
    assert not findings(_check(_asks(name)))


def test_a_name_that_is_near_to_two_models_is_nobodys() -> None:
    assert not findings(_check(_asks("Prices"), models=("prices", "prices_v3")))


def test_a_name_that_somebody_has_is_right() -> None:
    assert not findings(_check(_asks("Prices"), models=("prices", "Prices")))
    served = production(neighbours=["Prices"])
    assert not findings(_check(_asks("Prices"), simulated=served))


@pytest.mark.parametrize("why", ["superseded", "unnamed", "no requests"])
def test_does_not_apply(why: str) -> None:
    asked = candidate(superseded_by=3 if why == "superseded" else None)
    unnamed = production(Situation(model=None, aspired=()))
    three = production(situation("1", "2", "3"))
    requests = () if why == "no requests" else (_asks(version=1),)

    with pytest.raises(NotApplicable):
        list(_check(*requests, asked=asked, simulated=unnamed if why == "unnamed" else three))
