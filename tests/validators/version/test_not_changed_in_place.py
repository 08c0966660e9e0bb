from __future__ import annotations

from dataclasses import replace

import pytest

from servegate.facts.change import Event, ModelChange
from servegate.facts.settings import Rollout, Settings
from servegate.findings import Location
from servegate.providers import NotApplicable
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
from validators.version.not_changed_in_place import not_changed_in_place

_CANDIDATE = candidate(2, event=Event.CHANGED)
_SERVED = production(situation("2"), situation("2"))


def _changed(*files: str) -> ModelChange:
    return change(child("2", Event.CHANGED, files=files), child("7", Event.UNCHANGED))


def test_names_served_files_and_a_free_number() -> None:
    found = finding(
        not_changed_in_place(_CANDIDATE, _changed("README.md", "assets/v.txt"), _SERVED, Settings())
    )

    assert found.observed == "changed: assets/v.txt"
    assert found.location == Location(file="models/prices/2/assets/v.txt")
    assert "add the new model as 8" in found.remedy


@pytest.mark.parametrize(
    "file", ["fingerprint.pb", "assets.extra/servegate_examples.jsonl", "keras_metadata.pb"]
)
def test_files_that_no_server_reads(file: str) -> None:
    (said,) = remarks(not_changed_in_place(_CANDIDATE, _changed(file), _SERVED, Settings()))

    assert "no server reads" in said


def test_warm_up_is_read_by_a_server() -> None:
    changed = _changed("assets.extra/tf_serving_warmup_requests")

    assert findings(not_changed_in_place(_CANDIDATE, changed, _SERVED, Settings()))


def test_fresh_containers_read_the_new_files() -> None:
    with pytest.raises(NotApplicable, match="image"):
        list(
            not_changed_in_place(
                _CANDIDATE, _changed("saved_model.pb"), _SERVED, Settings(rollout=Rollout.IMAGE)
            )
        )


def test_thousands_of_files_are_counted_not_listed() -> None:
    changed = _changed(*(f"assets/{number}" for number in range(5000)))
    found = finding(not_changed_in_place(_CANDIDATE, changed, _SERVED, Settings()))

    assert found.observed.endswith("and 4995 more")
    assert len(found.observed) < 200


def test_a_link_that_leads_elsewhere_now() -> None:
    link = replace(child("2", Event.CHANGED), files=("models/prices/2",))
    found = finding(not_changed_in_place(_CANDIDATE, change(link), _SERVED, Settings()))

    assert found.location == Location(file="models/prices/2")


def test_a_version_that_production_has_not_loaded_may_change() -> None:
    pinned = production(
        situation("1", "2", policy=specific(1)), situation("1", "2", policy=specific(1))
    )
    said = remarks(not_changed_in_place(_CANDIDATE, _changed("saved_model.pb"), pinned, Settings()))

    assert "not loaded by production before" in said[0]
