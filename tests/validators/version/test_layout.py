from __future__ import annotations

from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.facts.change import Event, ModelChange
from servegate.facts.settings import Settings
from servegate.findings import Location, Severity
from tests.support.evidence import change, child, finding, findings
from tests.support.tinymodels import write_model
from validators.version.layout import layout as check_layout

_SERVED = child("1", Event.UNCHANGED)


def layout(change: ModelChange) -> Outcome:
    """The check on a model that nobody has configured."""
    return check_layout(change, Settings())


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

    assert (
        "models/prices/2/export/saved_model.pb" in finding(layout(change(_SERVED, deeper))).observed
    )


def test_duplicate_says_which_one_is_loaded() -> None:
    (found, _) = findings(layout(change(child("2", Event.UNCHANGED), child("02"))))

    assert "loads models/prices/2 and ignores models/prices/02" in found.message
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
