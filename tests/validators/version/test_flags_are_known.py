from __future__ import annotations

from dataclasses import replace

import pytest

from servegate.facts.settings import Rollout, Settings, WrittenFlag
from servegate.findings import Location, Severity
from servegate.providers import NotApplicable
from tests.support.evidence import change, finding, findings
from validators.version.flags_are_known import flags_are_known

_CONFIG = "deploy/models.config"
_CHANGED = replace(change(), changed_files=(_CONFIG,))


def _settings(*flags: str, rollout: Rollout = Rollout.VOLUME) -> Settings:
    written = tuple(
        WrittenFlag(text=text, location=Location(file="servegate.yml", line=number))
        for number, text in enumerate(flags, 3)
    )
    return Settings(written_flags=written, flags=flags, rollout=rollout, model_config=_CONFIG)


def test_without_flags_there_is_nothing_to_read() -> None:
    with pytest.raises(NotApplicable):
        list(flags_are_known(change(), Settings(), None))


def test_the_line_is_that_of_the_flag() -> None:
    given = _settings("--enable_batching=true", "--enable_bacthing=true")
    found = finding(flags_are_known(change(), given, None))

    assert found.location == Location(file="servegate.yml", line=4)
    assert found.message.startswith("servegate.yml:4: --enable_bacthing=true is no flag")
    assert found.remedy == "Write --enable_batching=true."
    assert found.severity is None


def test_of_a_flag_that_stands_twice_the_last_is_pointed_at() -> None:
    given = _settings("--enable_bacthing=true", "--port=8500", "--enable_bacthing=true")
    found = findings(flags_are_known(change(), given, None))

    assert {one.location for one in found} == {Location(file="servegate.yml", line=5)}


@pytest.mark.parametrize(
    "flag", ["--file_system_poll_wait_seconds=0", "--file_system_poll_wait_seconds=-1", "--port=x"]
)
def test_what_keeps_the_candidate_out_is_never_inherited(flag: str) -> None:
    found = finding(flags_are_known(change(), _settings(flag), _settings(flag)))

    assert found.severity is None


def test_what_production_has_lived_with_is_worth_a_word() -> None:
    given = _settings("--rest_api_port=8500")
    found = finding(flags_are_known(change(), given, given))

    assert found.severity is Severity.ADVISORY
    assert "before this change" in found.message


def test_the_worst_comes_first() -> None:
    given = _settings("--model_name=m", "--enable_bacthing=true", "--port=x")
    found = findings(flags_are_known(change(), given, None))

    assert [one.observed for one in found] == [
        "--port=x",
        "--enable_bacthing=true",
        "--model_name=m",
    ]


@pytest.mark.parametrize("seconds", ["0", "-1"])
def test_a_configuration_that_is_read_once_and_changes(seconds: str) -> None:
    given = _settings(f"--model_config_file_poll_wait_seconds={seconds}")
    found = finding(flags_are_known(_CHANGED, given, given))

    assert found.severity is Severity.ADVISORY
    assert "goes on to hold" in found.message


@pytest.mark.parametrize(
    ("flags", "rollout"),
    [
        (["--enable_batching"], Rollout.VOLUME),  # reload by gRPC is what most teams do
        (["--model_config_file_poll_wait_seconds=30"], Rollout.VOLUME),
        (["--model_config_file_poll_wait_seconds=0"], Rollout.IMAGE),
    ],
)
def test_a_changed_configuration_is_no_fault_of_the_flags(
    flags: list[str], rollout: Rollout
) -> None:
    assert not findings(flags_are_known(_CHANGED, _settings(*flags, rollout=rollout), None))
