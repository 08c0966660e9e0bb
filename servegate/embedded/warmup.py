"""Replays the requests that a model's owner recorded for this purpose, before it is served.

Source: `tensorflow_serving/servables/tensorflow/saved_model_warmup.cc` and
`saved_model_warmup_util.cc`.
"""

from __future__ import annotations

from pathlib import Path

from google.protobuf.message import DecodeError
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from servegate.embedded import log
from servegate.embedded.examples import classify, multi_inference, regress
from servegate.embedded.predict import predict
from servegate.embedded.session import Session
from servegate.embedded.status import Code, StatusError, from_os_error, invalid_argument
from servegate.savedmodel.tfrecord import BadRecord, read_records
from servegate.savedmodel.warmup import FILE, MAX_RECORDS


def replay_warmup(session: Session, directory: Path, *, iterations: int) -> None:
    """Replays the warm-up records of a version, if it has any. Raises `StatusError`.

    A model whose warm-up fails does not become available.
    """
    path = directory / FILE
    if not path.exists():
        log.info(log.WARMUP, 85, f"No warmup data file found at {path}")
        return
    log.info(
        log.WARMUP,
        96,
        f"Starting to read warmup data for model at {path} with model-warmup-options ",
    )
    records = 0
    for record in _records(path):
        records += 1
        if records > MAX_RECORDS:
            raise invalid_argument(
                f"Number of warmup records exceeds the maximum ({MAX_RECORDS}) at {path}"
            )
        for _ in range(iterations):
            _replay(session, record)
    log.info(
        log.WARMUP,
        137,
        f"Finished reading warmup data for model at {path}. Number of warmup records read: "
        f"{records}.",
    )


def _records(path: Path) -> list[PredictionLog]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise from_os_error(str(path), error) from error
    try:
        return [PredictionLog.FromString(record) for record in read_records(data)]
    except BadRecord as error:
        raise StatusError(Code.DATA_LOSS, f"{path} {error}") from error
    except DecodeError as error:
        raise invalid_argument(f"Failed to parse warmup record: {error} from {path}") from error


def _replay(session: Session, record: PredictionLog) -> None:
    match record.WhichOneof("log_type"):
        case "predict_log":
            asked = record.predict_log.request
            name = asked.model_spec.signature_name
            predict(session, name, asked.inputs, asked.output_filter)
        case "classify_log":
            examples = record.classify_log.request
            classify(session, examples.model_spec.signature_name, examples.input)
        case "regress_log":
            examples = record.regress_log.request
            regress(session, examples.model_spec.signature_name, examples.input)
        case "multi_inference_log":
            multi_inference(session, record.multi_inference_log.request)
        case other:
            raise StatusError(Code.UNIMPLEMENTED, f"Unsupported log_type for warmup: {other}")
