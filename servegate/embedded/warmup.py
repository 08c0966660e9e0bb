"""Replays the requests that a model's owner recorded for this purpose, before it is served.

Source: `tensorflow_serving/servables/tensorflow/saved_model_warmup.cc` and
`saved_model_warmup_util.cc`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from google.protobuf.message import DecodeError
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from servegate.embedded import log, metrics
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
    try:
        for record in _records(path):
            for _ in range(iterations or 1):
                _replay(session, record, terms)
            records += 1
            if records > MAX_RECORDS:
                raise invalid_argument(
                    f"Number of warmup records exceeds the maximum ({MAX_RECORDS}) at {path}"
                )
    except BadRecord as error:
        broken = StatusError(Code.DATA_LOSS, error.tensorflow)
        _measure(directory, str(broken), started)
        advice = "Please verify your warmup data is in TFRecord format."
        raise StatusError(broken.code, f"{broken.message}. {advice}") from error
    elapsed = _measure(directory, Code.OK.name, started)
    log.info(
        log.WARMUP,
        239,
        f"Finished reading warmup data for model at {path}. Number of warmup records read: "
        f"{records}. Elapsed time (microseconds): {elapsed}.",
    )


def _measure(directory: Path, status: str, started: float) -> int:
    """Notes what became of a replay that came to its end, and its microseconds, which it gives."""
    elapsed = metrics.microseconds(started)
    metrics.WARMUP_LATENCY.add(str(directory), status, value=elapsed)
    return elapsed


def _records(path: Path) -> Iterator[PredictionLog]:
    """One after the other: those before a bad one are replayed. Raises `BadRecord` for that."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise from_os_error(str(path), error) from error
    for record in read_records(data):
        yield _parsed(record, path)


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
            spec = asked.model_spec
            terms = replace(terms, model=spec.name)
            predict(session, spec.signature_name, asked.inputs, asked.output_filter, terms)
        case "classify_log":
            given = record.classify_log.request
            terms = replace(terms, model=given.model_spec.name)
            classify(session, given.model_spec.signature_name, given.input, terms)
        case "regress_log":
            measured = record.regress_log.request
            terms = replace(terms, model=measured.model_spec.name)
            regress(session, measured.model_spec.signature_name, measured.input, terms)
        case "multi_inference_log":
            several = record.multi_inference_log.request
            names = [task.model_spec.name for task in several.tasks[:1]]
            multi_inference(session, several, replace(terms, model="".join(names)))
        case None:
            pass  # A record that asks nothing counts as replayed.
        case other:
            number = PredictionLog.DESCRIPTOR.fields_by_name[other].number
            raise StatusError(Code.UNIMPLEMENTED, f"Unsupported log_type for warmup: {number}")
