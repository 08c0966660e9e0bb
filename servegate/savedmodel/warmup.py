"""The warm-up file: requests that a model's owner recorded for its own server.

TF Serving replays `assets.extra/tf_serving_warmup_requests`, a TFRecord file of `PredictionLog`s,
after loading a version and before serving it. To the gate they are plausible inputs.
Source: tensorflow_serving/servables/tensorflow/saved_model_warmup.cc and warmup_consts.h.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from servegate.savedmodel.content import read_file
from servegate.savedmodel.protos import TensorProto
from servegate.savedmodel.tfrecord import BadRecord, read_records
from servegate.savedmodel.unreadable import Fault, Unreadable

if TYPE_CHECKING:
    from servegate.savedmodel.tensors import Array

FILE = "assets.extra/tf_serving_warmup_requests"
MAX_RECORDS = 1000
"""TF Serving refuses to load a version with more (`WarmupConsts::kMaxNumRecords`)."""
MAX_BYTES = 2**28

_DEFAULT_SIGNATURE = "serving_default"
_COMPRESSED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x9c", b"\x78\xda")  # gzip; zlib, three levels
_REMEDY = "Write the warm-up requests again, or leave the file out."


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmupRequest:
    """One predict request, as it was recorded: strings are object arrays of `bytes`."""

    record: int
    model: str
    signature: str
    messages: Mapping[str, TensorProto]

    def inputs(self) -> Mapping[str, Array]:
        """The tensors by input name. Raises `Unreadable` where a message is no tensor."""
        from servegate.savedmodel.tensors import BadTensor, to_numpy  # numpy costs 80 ms

        tensors = {}
        for name, message in self.messages.items():
            try:
                tensors[name] = to_numpy(message)
            except BadTensor as error:
                what = f"holds a tensor that is none (record {self.record}, {name!r}: {error})"
                raise Unreadable(FILE, what, _REMEDY, Fault.MALFORMED) from error
        return tensors


@dataclass(frozen=True, slots=True, kw_only=True)
class Warmup:
    """The warm-up file: predict requests in order, and how many records of each kind there are.

    `first` is the number of the first record of each kind.
    """

    requests: tuple[WarmupRequest, ...]
    kinds: Mapping[str, int]
    first: Mapping[str, int]

    @property
    def records(self) -> int:
        """The number of records of every kind."""
        return sum(self.kinds.values())


def read_warmup(directory: Path, *, within: Path | None = None) -> Warmup | None:
    """The warm-up requests of a version directory, None without any. Raises `Unreadable`."""
    try:
        data = read_file(directory, FILE, limit=MAX_BYTES, within=within)
    except Unreadable as problem:
        if problem.fault in {Fault.MISSING, Fault.EMPTY}:
            return None
        raise
    try:
        return _read(data)
    except BadRecord as error:
        what = "is compressed, and is read as it is" if data[:2] in _COMPRESSED else str(error)
        raise Unreadable(FILE, what, _REMEDY, Fault.MALFORMED) from error
    except DecodeError as error:
        what = "holds a record that is not a PredictionLog"
        raise Unreadable(FILE, what, _REMEDY, Fault.MALFORMED) from error


def _read(data: bytes) -> Warmup:
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    requests: list[WarmupRequest] = []
    kinds: Counter[str] = Counter()
    first: dict[str, int] = {}
    for number, record in enumerate(read_records(data), 1):
        if number > MAX_RECORDS:
            raise BadRecord(f"holds more than the {MAX_RECORDS} records that TF Serving accepts")
        log = PredictionLog.FromString(record)
        kind = log.WhichOneof("log_type") or "nothing"
        kinds[kind.removesuffix("_log")] += 1
        first.setdefault(kind.removesuffix("_log"), number)
        if kind == "predict_log":
            request = log.predict_log.request
            requests.append(
                WarmupRequest(
                    record=number,
                    model=request.model_spec.name,
                    signature=request.model_spec.signature_name or _DEFAULT_SIGNATURE,
                    messages=dict(request.inputs),
                )
            )
    return Warmup(requests=tuple(requests), kinds=dict(kinds), first=first)
