from __future__ import annotations

from dataclasses import replace

import pytest

from servegate.checks import Outcome
from servegate.facts.change import Candidate, ModelChange
from servegate.facts.production import ConfigReading, Production, Situation
from servegate.facts.settings import Rollout, Settings
from servegate.findings import Severity
from servegate.providers import NotApplicable
from servegate.tfserving.policy import PolicyKind, VersionPolicy
from tests.support.evidence import (
    CONFIG,
    POLICY,
    candidate,
    change,
    finding,
    findings,
    production,
    remarks,
    situation,
    specific,
)
from validators.version.policy_serves_candidate import policy_serves_candidate

_PINNED = production(situation("1", "2", policy=specific(1)))
_UNNAMED = Situation(model=None, aspired=())


def _check(
    simulated: Production,
    settings: Settings | None = None,
    asked: Candidate | None = None,
    changed: ModelChange | None = None,
) -> Outcome:
    return policy_serves_candidate(
        asked or candidate(),
        changed or change(),
        ConfigReading(),
        lambda: simulated,
        settings or Settings(),
    )


def test_pin_is_named_with_its_line() -> None:
    found = finding(_check(_PINNED))

    assert found.location == POLICY
    assert "deploy/models.config:5 pins specific { versions: 1 }" in found.message
    assert "versions: 2" in found.remedy
    assert found.severity is None


def test_staged_release_is_as_declared() -> None:
    assert remarks(_check(_PINNED, Settings(staged=True))) == [
        "Not served yet, as `release: staged` declares."
    ]


def test_staged_release_excuses_no_missing_version() -> None:
    missing = production(situation("1", "2", policy=specific(9)))

    assert "version 9" in finding(_check(missing, Settings(staged=True))).message


def test_of_several_new_versions_only_the_highest_is_expected_to_answer() -> None:
    with pytest.raises(NotApplicable, match="adds 3"):
        list(_check(_PINNED, asked=candidate(2, superseded_by=3)))


def test_the_lower_of_several_new_versions_may_be_pinned() -> None:
    pinned = production(situation("1", "2", "3", policy=specific(2)))

    assert not findings(_check(pinned, asked=candidate(2, superseded_by=3)))
    assert "version 2 answers" in finding(_check(pinned, asked=candidate(3))).message


def test_config_that_stops_the_server_is_named_with_its_line() -> None:
    reading = ConfigReading(error="Unknown field 'nmae'", location=CONFIG)
    found = finding(
        policy_serves_candidate(candidate(), change(), reading, lambda: _PINNED, Settings())
    )

    assert found.location == CONFIG
    assert found.remedy == "Mend deploy/models.config:2."


def test_model_that_is_loaded_beside_a_higher_one() -> None:
    both = situation("2", "5", policy=VersionPolicy(kind=PolicyKind.ALL))

    assert "answered by 5" in remarks(_check(production(both)))[0]


def test_lower_number_under_the_default_policy_is_told_elsewhere() -> None:
    with pytest.raises(NotApplicable, match="version/number-increases"):
        list(_check(production(situation("2", "5"))))


def test_lower_number_in_a_fresh_image_is_told_here() -> None:
    found = finding(_check(production(situation("2", "5")), Settings(rollout=Rollout.IMAGE)))

    assert "above 5" in found.remedy


def test_model_that_the_config_never_named_informs() -> None:
    unnamed = replace(production(_UNNAMED, _UNNAMED), neighbours=("price",))
    found = finding(_check(unnamed))

    assert found.severity is Severity.ADVISORY
    assert "did you mean 'price'?" in found.message


def test_model_that_the_change_takes_out_of_the_config_blocks() -> None:
    found = finding(_check(production(_UNNAMED, situation("1", policy=specific(1)))))

    assert found.severity is None
    assert "does not name the model 'prices' any more" in found.message


def test_base_path_with_a_version_number() -> None:
    served = situation("2", policy=specific(2))
    assert served.model is not None
    deep = replace(served, model=replace(served.model, base_path="/models/prices/2/"))
    found = finding(_check(production(deep)))

    assert found.expected == 'base_path: "/models/prices"'
    assert found.location == CONFIG


def _at(base_path: str, *versions: str) -> Situation:
    served = situation(*versions, policy=VersionPolicy())
    assert served.model is not None
    return replace(served, model=replace(served.model, base_path=base_path))


def test_base_path_that_ends_with_a_number_for_long_is_a_name() -> None:
    found = finding(_check(production(_at("/models/42", "1", "2"), _at("/models/42", "1"))))

    assert found.severity is Severity.ADVISORY
    assert "may be a name" in found.message


def test_a_pin_of_which_one_half_exists_says_what_is_served() -> None:
    half = production(situation("1", "2", policy=specific(2, 9)))
    found = finding(_check(half))

    assert "while 2 is served" in found.message


@pytest.mark.parametrize(
    ("settings", "severity"), [(Settings(), None), (Settings(own_image=True), Severity.ADVISORY)]
)
def test_base_path_that_stays_behind(settings: Settings, severity: Severity | None) -> None:
    moved = replace(change(path="models/prices_eu"), path_before="models/prices")
    stays = production(_at("/models/prices", "1", "2"), _at("/models/prices", "1"))
    found = finding(_check(stays, settings, changed=moved))

    assert found.expected == 'base_path: "/models/prices_eu"'
    assert found.severity is severity


def test_base_path_that_was_never_named_after_the_directory_need_not_follow() -> None:
    moved = replace(change(path="store/prices_eu"), path_before="store/prices")
    stays = production(_at("/srv/p", "1", "2"), _at("/srv/p", "1"))

    assert not list(_check(stays, changed=moved))
