from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.facts.serving import Array, Tensors
from servegate.facts.settings import Settings
from servegate.facts.start import Start
from servegate.findings import Location, Severity
from servegate.providers import Blocked, NotApplicable
from servegate.savedmodel.reader import read
from tests.support.answering import FakeServer
from tests.support.evidence import candidate, change, finding, remarks
from tests.support.tinymodels import tensor_proto, write_model, write_warmup
from validators.version.warm_up_replays import warm_up_replays

_FILE = "assets.extra/tf_serving_warmup_requests"
_STARTED = f"Starting to read warmup data for model at /m/2/{_FILE} with model-warmup-options"
_FINISHED = (
    f"Finished reading warmup data for model at /m/2/{_FILE}. Number of warmup records read: 2. "
)


def _unasked(inputs: Tensors) -> Mapping[str, Array]:
    raise AssertionError(inputs)


def _record(name: str = "x") -> bytes:
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    log = PredictionLog()
    log.predict_log.request.inputs[name].CopyFrom(tensor_proto([[1.0]], "float32"))
    return bytes(log.SerializeToString())


def _check(
    root: Path, *records: bytes, log: str = "", failure: str = "", flags: tuple[str, ...] = ()
) -> Outcome:
    write_model(root)
    if records:
        write_warmup(root, records)
    server = FakeServer(_unasked, said=log)
    return warm_up_replays(
        candidate(root=root),
        change(path=".", root=root),
        read(root),
        Settings(flags=flags),
        Start(server=server, model="prices", as_production=True, failure=failure),
    )


def test_a_version_without_a_warm_up_file(tmp_path: Path) -> None:
    with pytest.raises(NotApplicable) as absent:
        list(_check(tmp_path))
    assert not absent.value.enable


def test_the_server_counts(tmp_path: Path) -> None:
    log = f"{_STARTED}\n{_FINISHED}"
    assert remarks(_check(tmp_path, _record(), _record(), log=log)) == ["2 records replayed."]


def test_the_server_is_right(tmp_path: Path) -> None:
    log = f"{_STARTED}\n{_FINISHED}"
    (said,) = remarks(_check(tmp_path, _record("area"), _record(), _record(), log=log))

    assert said.startswith("2 records replayed, of 3 in the file, although record 1 has 'area'")


def test_a_log_that_was_cut_off(tmp_path: Path) -> None:
    assert remarks(_check(tmp_path, _record())) == ["The version loads, with its warm-up file."]


def test_a_reason_that_only_the_server_knows(tmp_path: Path) -> None:
    found = finding(_check(tmp_path, _record(), log=_STARTED, failure="INVALID_ARGUMENT: 7 > 3"))

    assert "cannot be replayed: INVALID_ARGUMENT: 7 > 3." in found.message
    assert found.observed == "INVALID_ARGUMENT: 7 > 3"
    assert found.location == Location(file=f"models/prices/2/{_FILE}")


def test_a_load_that_fails_for_another_reason_and_a_bad_file(tmp_path: Path) -> None:
    found = finding(_check(tmp_path, _record("area"), failure="NOT_FOUND: Op type"))

    assert "record 1 has 'area'" in found.message


def test_a_load_that_fails_for_another_reason(tmp_path: Path) -> None:
    with pytest.raises(Blocked) as blocked:
        list(_check(tmp_path, _record(), failure="NOT_FOUND: Op type"))
    assert blocked.value.by == "version/loads"


def test_warm_up_that_is_switched_off(tmp_path: Path) -> None:
    off = ("--enable_model_warmup=false",)
    (said,) = remarks(_check(tmp_path / "1", _record(), flags=off))
    found = finding(_check(tmp_path / "2", _record("area"), flags=off))

    assert "production replays nothing" in said
    assert found.severity is Severity.ADVISORY
