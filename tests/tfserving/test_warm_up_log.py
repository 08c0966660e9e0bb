"""What a real server's log says of warm-up records."""

from __future__ import annotations

import pytest

from servegate.tfserving.warm_up_log import WarmUpLog, read_warm_up_log
from tests.conftest import PROJECT

_LOGS = PROJECT.parent / "shared" / "conformance" / "logs"
_PLACE = "/models/m/2/assets.extra/tf_serving_warmup_requests"


def _started(place: str = _PLACE) -> str:
    return f"I x.cc:96] Starting to read warmup data for model at {place} with options \n"


def _finished(place: str = _PLACE, records: str = "3") -> str:
    return (
        f"I x.cc:239] Finished reading warmup data for model at {place}. Number of warmup records "
        f"read: {records}. Elapsed time (microseconds): 28552.\n"
    )


@pytest.mark.skipif(not _LOGS.is_dir(), reason="../shared/conformance is not there")
@pytest.mark.parametrize(
    ("name", "started", "records"),
    [
        ("warmup_ok", True, 3),
        ("warmup_empty_file", True, 0),
        ("warmup_wrong_model_name", True, 1),
        ("warmup_bad_input", True, None),
        ("warmup_bad_signature", True, None),
        ("warmup_1001_records", True, None),
        ("warmup_garbage_record", True, None),
        ("warmup_not_a_tfrecord", True, None),
        ("normal_load", False, None),
    ],
)
def test_recorded_logs(name: str, *, started: bool, records: int | None) -> None:
    log = (_LOGS / f"{name}.log").read_text("utf-8", "replace")
    assert read_warm_up_log(log, "1") == WarmUpLog(started=started, records=records)


def test_other_versions_are_told_apart() -> None:
    log = _started() + _finished() + _started(_PLACE.replace("/2/", "/12/"))

    assert read_warm_up_log(log, "2") == WarmUpLog(started=True, records=3)
    assert read_warm_up_log(log, "12") == WarmUpLog(started=True, records=None)
    assert read_warm_up_log(log, "1") == WarmUpLog(started=False, records=None)


def test_the_last_replay_counts() -> None:
    log = _started() + _finished() + _started()
    assert read_warm_up_log(log, "2").records is None


def test_a_log_that_begins_in_the_middle() -> None:
    assert read_warm_up_log(_finished(), "2").records == 3
    assert read_warm_up_log(_finished(records="many"), "2").records is None
