"""Replays the requests that a model's owner recorded for this purpose, before it is served.

Source: `tensorflow_serving/servables/tensorflow/saved_model_warmup.cc` and
`saved_model_warmup_util.cc`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.message import DecodeError
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from servegate.embedded import log
from servegate.embedded.examples import classify, multi_inference, regress
from servegate.embedded.predict import Terms, predict
from servegate.embedded.session import Session
from servegate.embedded.status import Code, StatusError, from_os_error, invalid_argument
from servegate.savedmodel.tfrecord import BadRecord, read_records
from servegate.savedmodel.warmup import FILE, MAX_RECORDS


def replay_warmup(session: Session, directory: Path, terms: Terms, *, iterations: int) -> None:
    """Replays the warm-up records of a version, if it has any. Raises `StatusError`.

    A model whose warm-up fails does not become available. `iterations` is how often each record
    is replayed, zero (once) where that is not said.
    """
    path = directory / FILE
    if not path.exists():
        log.info(log.WARMUP, 85, f"No warmup data file found at {path}")
        return
    log.info(
        log.WARMUP,
        96,
        f"Starting to read warmup data for model at {path} with model-warmup-options "
        + (f"num_request_iterations {{\n  value: {iterations}\n}}\n" if iterations else ""),
    )
    records, started = 0, time.monotonic()
    for record in _records(path):
        for _ in range(iterations or 1):
            _replay(session, record, terms)
        records += 1
        if records > MAX_RECORDS:
            raise invalid_argument(
                f"Number of warmup records exceeds the maximum ({MAX_RECORDS}) at {path}"
            )
    log.info(
        log.WARMUP,
        239,
        f"Finished reading warmup data for model at {path}. Number of warmup records read: "
        f"{records}. Elapsed time (microseconds): {int((time.monotonic() - started) * 1e6)}.",
    )


def _records(path: Path) -> Iterator[PredictionLog]:
    """One after the other: those before a bad one are replayed."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise from_os_error(str(path), error) from error
    try:
        for record in read_records(data):
            yield _parsed(record, path)
    except BadRecord as error:
        advice = "Please verify your warmup data is in TFRecord format."
        raise StatusError(Code.DATA_LOSS, f"{error.tensorflow}. {advice}") from error


def _parsed(record: bytes, path: Path) -> PredictionLog:
    try:
        return PredictionLog.FromString(record)
    except DecodeError as error:
        text = record.decode("utf-8", "surrogateescape")
        raise invalid_argument(f"Failed to parse warmup record: {text} from {path}") from error


def _replay(session: Session, record: PredictionLog, terms: Terms) -> None:
    match record.WhichOneof("log_type"):
        case "predict_log":
            asked = record.predict_log.request
            name = asked.model_spec.signature_name
            predict(session, name, asked.inputs, asked.output_filter, terms)
        case "classify_log":
            examples = record.classify_log.request
            classify(session, examples.model_spec.signature_name, examples.input, terms)
        case "regress_log":
            examples = record.regress_log.request
            regress(session, examples.model_spec.signature_name, examples.input, terms)
        case "multi_inference_log":
            multi_inference(session, record.multi_inference_log.request, terms)
        case None:
            pass  # A record that asks nothing counts as replayed.
        case other:
            number = PredictionLog.DESCRIPTOR.fields_by_name[other].number
            raise StatusError(Code.UNIMPLEMENTED, f"Unsupported log_type for warmup: {number}")
