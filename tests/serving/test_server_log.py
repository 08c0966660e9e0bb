from __future__ import annotations

from pathlib import Path

import pytest

from servegate.serving.server_log import complaint, load_failure, start_failure

LOGS = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "logs"
CORRUPT = "OUT_OF_RANGE: Read less bytes than requested"
GAVE_UP = "Failed to start server. Error: UNKNOWN: 2 servable(s) did not become available: "


def recorded(name: str) -> str:
    """The log of a real TF Serving 2.20."""
    if not LOGS.is_dir():
        pytest.skip("../shared/conformance is not there")
    return (LOGS / f"{name}.log").read_text("utf-8", "replace")


@pytest.mark.parametrize(
    ("scenario", "version", "reason"),
    [
        ("corrupt_only_version", 1, CORRUPT),
        ("garbage_saved_model_pb", 1, "DATA_LOSS: Can't parse "),
        ("odd_dangling_symlink_9", 9, "NOT_FOUND: Error while attempting to reserve resources"),
        ("tag_not_found", 1, "NOT_FOUND: Could not find meta graph def matching supplied tags"),
        ("warmup_bad_signature", 1, 'FAILED_PRECONDITION: Serving signature key "nope" not found.'),
        ("empty_version_dir", 1, "NOT_FOUND: Specified file path does not appear to contain a Sav"),
        ("truncated_variables_data", 1, CORRUPT),
    ],
)
def test_reason_of_a_recorded_failure(scenario: str, version: int, reason: str) -> None:
    found = load_failure(recorded(scenario), "times", version)
    assert found is not None
    assert found.startswith(reason)
    assert not found.endswith("}, }")


def test_a_reason_that_ends_as_the_message_does() -> None:
    found = load_failure(recorded("warmup_bad_input"), "times", 1)
    assert found is not None
    assert found.endswith("or default input alias set:")


@pytest.mark.parametrize("scenario", ["normal_load", "hot_swap", "specific_absent_version"])
def test_no_reason_is_found_where_nothing_failed(scenario: str) -> None:
    log = recorded(scenario)
    assert load_failure(log, "times", 1) is None
    assert start_failure(log) is None


def test_the_failure_of_another_model_is_not_this_ones() -> None:
    log = recorded("config_one_good_one_corrupt")
    assert load_failure(log, "broken", 1) == CORRUPT
    assert load_failure(log, "times", 1) is None
    assert "name: broken" in (start_failure(log) or "")


def test_each_of_two_failures_has_its_own_reason() -> None:
    entries = "{{name: a version: 1} due to error: X: }, {{name: b version: 2} due to error: Y}, "
    log = f"{GAVE_UP}{{{entries}}}\nmore\n"
    assert load_failure(log, "a", 1) == "X:"
    assert load_failure(log, "b", 2) == "Y"
    assert load_failure(log, "a", 2) is None


def test_other_reasons_to_give_up() -> None:
    found = start_failure(recorded("labels_at_startup_without_allow_flag"))
    assert found is not None
    assert found.startswith("FAILED_PRECONDITION: Request to assign label to version 124")


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("empty_base_path", "No versions of servable times found under base path"),
        ("config_one_good_one_missing_base", "FileSystemStoragePathSource encountered a file"),
        ("unreadable_base_path_nonroot", "FileSystemStoragePathSource encountered a file"),
        ("specific_absent_version", "No versions of servable times found under base path"),
    ],
)
def test_why_a_server_waits(scenario: str, said: str) -> None:
    assert (complaint(recorded(scenario)) or "").startswith(said)


def test_a_log_without_complaint() -> None:
    assert complaint(recorded("normal_load")) is None
