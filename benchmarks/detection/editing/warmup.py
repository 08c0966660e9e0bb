"""Writing warm-up files: TFRecords of requests, as TF Serving replays them.

Source: tensorflow/core/lib/io/record_writer.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

from servegate.savedmodel.crc32c import masked_crc32c
from servegate.savedmodel.protos import TensorProto
from servegate.savedmodel.warmup import FILE


def write_warmup(version: Path, records: Iterable[bytes]) -> Path:
    """Writes a version's warm-up file; returns it."""
    file = version / FILE
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"".join(_record(one) for one in records))
    return file


def predict_log(signature: str, inputs: Mapping[str, TensorProto]) -> bytes:
    """A recorded predict request."""
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    log = PredictionLog()
    log.predict_log.request.model_spec.signature_name = signature
    for name, value in inputs.items():
        log.predict_log.request.inputs[name].CopyFrom(value)
    return bytes(log.SerializeToString())


def _record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    sums = (struct.pack("<I", masked_crc32c(one)) for one in (length, data))
    of_length, of_data = sums
    return length + of_length + data + of_data
