"""Versions that bring warm-up records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.lifecycle import Play, Scenario
from tests.support.lives.actions import version
from tests.support.lives.known import ONCE, SERVED, refused, stopped
from tests.support.tinymodels import tensor_proto, write_warmup

# isort: split
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog


def prediction(signature: str = "", name: str = "x", model: str = "times") -> bytes:
    """A warm-up record: a predict request of one number."""
    record = PredictionLog()
    request = record.predict_log.request
    request.model_spec.name = model
    request.model_spec.signature_name = signature
    request.inputs[name].CopyFrom(tensor_proto([1.0], "float32"))
    return bytes(record.SerializeToString())


def warmed_up(base: str, *records: bytes) -> Scenario:
    """A version with warm-up records."""

    def write(play: Play) -> None:
        write_warmup(play.path(f"{base}/1"), records)

    return Scenario(before=(version(f"{base}/1"), write))


def not_a_tfrecord(play: Play) -> None:
    """The warm-up file is text."""
    path = write_warmup(play.path("warmup_notrecord/1"), ())
    path.write_bytes(b"this is not a tfrecord file at all, just text")


LIVES: Mapping[str, Mapping[str, Any]] = {
    "warmup_ok": stopped(f"{SERVED}/warmup_ok", ONCE),
    "warmup_bad_signature": refused(f"{SERVED}/warmup_bad_signature", ONCE),
    "warmup_bad_input": refused(f"{SERVED}/warmup_bad_input", ONCE),
    "warmup_garbage_record": refused(f"{SERVED}/warmup_garbage_record", ONCE),
    "warmup_not_a_tfrecord": refused(f"{SERVED}/warmup_notrecord", ONCE),
    "warmup_1001_records": refused(f"{SERVED}/warmup_1001_records", ONCE),
    "warmup_empty_file": stopped(f"{SERVED}/warmup_empty_file", ONCE),
    "warmup_wrong_model_name": stopped(f"{SERVED}/warmup_wrong_model_name", ONCE),
}

SCENARIOS: Mapping[str, Scenario] = {
    "warmup_ok": warmed_up("warmup_ok", *[prediction()] * 3),
    "warmup_bad_signature": warmed_up("warmup_bad_signature", prediction("nope")),
    "warmup_bad_input": warmed_up("warmup_bad_input", prediction(name="zz")),
    "warmup_garbage_record": warmed_up("warmup_garbage_record", b"\xff\xfe\xfd"),
    "warmup_not_a_tfrecord": Scenario(before=(version("warmup_notrecord/1"), not_a_tfrecord)),
    "warmup_1001_records": warmed_up("warmup_1001_records", *[prediction()] * 1001),
    "warmup_empty_file": warmed_up("warmup_empty_file"),
    "warmup_wrong_model_name": warmed_up("warmup_wrong_model_name", prediction(model="another")),
}
