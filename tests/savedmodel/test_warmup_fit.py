"""Warm-up records against signatures."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.savedmodel.reader import read
from servegate.savedmodel.warmup import read_warmup
from servegate.savedmodel.warmup_fit import unfit_records
from tests.support.oddmodels import write_sum
from tests.support.tinymodels import tensor_proto, write_warmup


def unfit(root: Path, *records: bytes) -> list[str]:
    """What is wrong with records for a model of `area` and `rooms`, which may be left out."""
    write_sum(root / "1", {"area": 1.0, "rooms": 2.0}, defaults={"rooms": 3.0})
    write_warmup(root / "1", records)
    warmup = read_warmup(root / "1")
    assert warmup is not None
    return list(unfit_records(warmup, read(root / "1").signatures))


def predict(signature: str = "", **dtypes: str) -> bytes:
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    log = PredictionLog()
    log.predict_log.request.model_spec.signature_name = signature
    for name, dtype in dtypes.items():
        log.predict_log.request.inputs[name].CopyFrom(tensor_proto([[1]], dtype))
    # In one order: tests are named after what they are given, in several processes alike.
    return bytes(log.SerializeToString(deterministic=True))


def of_kind(name: str) -> bytes:
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    log = PredictionLog()
    getattr(log, name).SetInParent()
    return bytes(log.SerializeToString())


@pytest.mark.parametrize(
    "record",
    [
        predict(area="float32", rooms="float32"),
        predict(area="float32"),
        predict("serving_default", area="float32"),
        of_kind("classify_log"),
        of_kind("regress_log"),
        of_kind("multi_inference_log"),
    ],
    ids=["all", "without-a-default", "named", "classify", "regress", "several"],
)
def test_records_that_fit(tmp_path: Path, record: bytes) -> None:
    assert not unfit(tmp_path, record)


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (predict(rooms="float32"), "lacks 'area', which 'serving_default' needs"),
        (predict(area="float64"), "has 'area' as float64, and 'serving_default' takes float32"),
        (predict(area="float32", zone="int64"), "has 'zone', which 'serving_default' does not"),
        (predict("scores", area="float32"), "asks the signature 'scores', and there is 'serving"),
        (of_kind("session_run_log"), "is a session run log, which is never replayed"),
        (of_kind("predict_streamed_log"), "is a predict streamed log, which is never replayed"),
        (b"", "is a nothing log"),
    ],
    ids=["missing", "dtype", "unknown", "signature", "session", "streamed", "empty"],
)
def test_records_that_do_not(tmp_path: Path, record: bytes, told: str) -> None:
    (found,) = unfit(tmp_path, predict(area="float32"), record)

    assert found.startswith(f"record 2 {told}")
