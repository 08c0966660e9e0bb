from __future__ import annotations

from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.facts.change import Event, ModelChange
from servegate.facts.production import Production
from servegate.facts.settings import Rollout, Settings
from servegate.findings import Location, Severity
from servegate.providers import Blocked, Later
from servegate.tfserving.policy import PolicyKind, VersionPolicy
from tests.support.evidence import (
    change,
    child,
    finding,
    findings,
    later,
    production,
    situation,
    specific,
)
from tests.support.tinymodels import write_model
from validators.version.layout import layout as check_layout

_SERVED = child("1", Event.UNCHANGED)


def layout(change: ModelChange, policy: VersionPolicy | None = None) -> Outcome:
    """The check on a model that nobody has configured, or whose policy is configured."""
    names = [one.name for one in change.head_names.versions]
    simulated = production(situation(*names, policy=policy))
    return check_layout(change, Settings(), later(simulated))


def test_proposes_the_next_number() -> None:
    found = finding(layout(change(_SERVED, child("9", Event.UNCHANGED), child("v2"))))

    assert found.remedy == "Rename it to models/prices/10."
    assert found.location == Location(file="models/prices/v2")


def test_name_without_meaning_beside_a_new_version_informs() -> None:
    found = finding(layout(change(_SERVED, child("2"), child("for-tflite"))))

    assert found.severity is Severity.ADVISORY


@pytest.mark.parametrize("event", [Event.UNCHANGED, Event.DELETED])
def test_what_the_change_does_not_bring_is_not_its_fault(event: Event) -> None:
    inherited = [child("v2", event), child("3", event, holds_model=False)]

    assert not findings(layout(change(_SERVED, *inherited)))


def test_number_too_large_is_told_from_a_name() -> None:
    found = finding(layout(change(_SERVED, child("99999999999999999999"))))

    assert "does not fit an int64" in found.message


def test_highest_number_without_model_blocks_and_a_lower_one_informs() -> None:
    empty = [child(name, holds_model=False) for name in ("4", "8")]
    found = findings(layout(change(child("6", Event.UNCHANGED), *empty)))

    assert {one.severity for one in found if "/4" in one.message} == {Severity.ADVISORY}
    assert {one.severity for one in found if "/8" in one.message} == {None}


def test_file_is_told_from_a_directory() -> None:
    file = child("3", holds_model=False, is_directory=False)

    assert finding(layout(change(_SERVED, file))).observed == "a regular file called '3'"


def test_model_one_level_deeper_is_pointed_at() -> None:
    deeper = child("2", holds_model=False, files=["export/saved_model.pb"])

    found = finding(layout(change(_SERVED, deeper)))
    assert found.observed == "the model one level deeper, at models/prices/2/export"
    assert found.remedy == "Move models/prices/2/export to models/prices/2."


@pytest.mark.parametrize("pin", [1, 2])
def test_model_one_level_deeper_is_a_mistake_whatever_is_pinned(pin: int) -> None:
    deeper = child("2", holds_model=False, files=["export/saved_model.pb"])

    assert finding(layout(change(_SERVED, deeper), specific(pin))).severity is None


def test_number_without_model_that_no_policy_asks_for_informs() -> None:
    stray = change(_SERVED, child("2"), child("8", holds_model=False))

    assert finding(layout(stray, specific(2))).severity is Severity.ADVISORY
    assert finding(layout(stray, VersionPolicy(kind=PolicyKind.ALL))).severity is None


def test_number_without_model_below_the_answering_one_informs_under_all() -> None:
    stray = change(_SERVED, child("9"), child("8", holds_model=False))

    assert finding(layout(stray, VersionPolicy(kind=PolicyKind.ALL))).severity is Severity.ADVISORY


@pytest.mark.parametrize(
    ("rollout", "words"),
    [
        (Rollout.VOLUME, "keeps what it has, and loads no other new version either"),
        (Rollout.IMAGE, "does not start"),
    ],
)
def test_says_what_comes_of_a_number_without_model(rollout: Rollout, words: str) -> None:
    stray = change(_SERVED, child("2"), child("8", holds_model=False))
    simulated = production(situation("1", "2", "8"))

    assert (
        words in finding(check_layout(stray, Settings(rollout=rollout), later(simulated))).message
    )


def test_without_a_configuration_that_can_be_read_the_highest_number_counts() -> None:
    stray = change(_SERVED, child("8", holds_model=False))
    unread: Later[Production] = later(Blocked("x", by="version/policy-serves-candidate"))

    assert finding(check_layout(stray, Settings(), unread)).severity is None


def test_link_that_leads_nowhere_is_told_from_a_file(tmp_path: Path) -> None:
    write_model(tmp_path / "models" / "prices" / "1")
    (tmp_path / "models" / "prices" / "9").symlink_to("gone")
    dangling = child("9", holds_model=False, is_directory=False)

    assert "leads nowhere" in finding(layout(change(_SERVED, dangling, root=tmp_path))).observed


def test_link_to_a_version_beside_it_is_no_model_of_its_own(tmp_path: Path) -> None:
    base_path = tmp_path / "models" / "prices"
    write_model(base_path / "1")
    (base_path / "latest").symlink_to("1")
    write_model(tmp_path / "elsewhere")
    (base_path / "newest").symlink_to(tmp_path / "elsewhere")
    found = findings(layout(change(_SERVED, child("latest"), child("newest"), root=tmp_path)))

    assert [one.location for one in found] == [Location(file="models/prices/newest")]


def test_negative_numbers_have_no_address() -> None:
    assert "REST" in finding(layout(change(_SERVED, child("-3")))).message


@pytest.mark.parametrize("name", ["0", "7", str(2**63 - 1)])
def test_plain_numbers_are_not_worth_a_word(name: str) -> None:
    assert not findings(layout(change(child("6", Event.UNCHANGED), child(name))))


@pytest.mark.parametrize("name", ["+5", "5 ", " 5", "05"])
def test_other_spellings_of_one_number_are_duplicates(name: str) -> None:
    found = findings(layout(change(child("5", Event.UNCHANGED), child(name))))

    assert "Version 5 is there more than once" in found[0].message
    assert found[0].severity is None


def test_duplicate_says_which_one_is_loaded() -> None:
    (found, _) = findings(layout(change(child("2", Event.UNCHANGED), child("02"))))

    assert "production never answers from models/prices/02" in found.message
    assert found.location == Location(file="models/prices/02")
    assert found.severity is None


@pytest.mark.parametrize("name", ["007", "+7", " 7", "-3"])
def test_unusual_numbers_inform(name: str) -> None:
    found = finding(layout(change(_SERVED, child(name))))

    assert found.severity is Severity.ADVISORY
    assert repr(name) in found.message


def test_too_high_names_the_directory_below(tmp_path: Path) -> None:
    write_model(tmp_path / "models" / "prices" / "1")
    found = finding(
        layout(change(child("prices", holds_model=False), path="models", root=tmp_path))
    )

    assert found.remedy == "Let `path:` name models/prices."


def test_too_deep_at_the_top_of_the_repository() -> None:
    found = finding(layout(change(child("saved_model.pb", holds_model=False), path=".")))

    assert "into a directory 1" in found.remedy
    assert found.location == Location(file="saved_model.pb")


def test_hostile_names_do_no_harm() -> None:
    found = finding(layout(change(_SERVED, child("v\udcff\n::error::" + "x" * 10_000))))

    assert found.location is not None
