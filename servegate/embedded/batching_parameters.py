"""How requests are run as batches: `--batching_parameters_file`, and a model's own file.

Source: `session_bundle_config.proto`, `bundle_factory_util.cc` and `bundle_factory_util.h` in
`tensorflow_serving/servables/tensorflow/`, and `SharedBatchScheduler` of TensorFlow.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from servegate.embedded.made_messages import message_class
from servegate.embedded.status import invalid_argument
from servegate.embedded.textproto import read_text_proto

MODEL_FILE = "batching_params.pbtxt"
"""Where a version directory has parameters of its own (`kBatchingParamsFilename`)."""

_MAX_BATCH_SIZE = 1000  # SharedBatchScheduler::QueueOptions
_FILE = "tensorflow_serving/servables/tensorflow/session_bundle_config.proto"
_FIELDS = {
    "max_batch_size": "Int64Value",
    "batch_timeout_micros": "Int64Value",
    "max_enqueued_batches": "Int64Value",
    "num_batch_threads": "Int64Value",
    "thread_pool_name": "StringValue",
    "allowed_batch_sizes": "repeated int64",
    "pad_variable_length_inputs": "bool",
    "enable_large_batch_splitting": "BoolValue",
    "max_execution_batch_size": "Int64Value",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchingParameters:
    """Sizes in rows: a request holds at most `largest_request`, and is cut into `largest_batch`.

    `allowed_batch_sizes` are as written. The threads and the timeout are checked and nothing else:
    they, and the fields that are left out, say when a batch runs and not what it answers.
    """

    largest_request: int = _MAX_BATCH_SIZE
    largest_batch: int = _MAX_BATCH_SIZE
    allowed_batch_sizes: tuple[int, ...] = ()
    threads: int = 1
    timeout_micros: int = 0

    def padded(self, rows: int) -> int:
        """The size at which so many rows are run (`GetNextAllowedBatchSize`)."""
        return next((one for one in self.allowed_batch_sizes if one >= rows), rows)

    def check_threads(self) -> None:
        """What the server checks when it starts. Raises `StatusError`."""
        if self.threads < 1:
            raise invalid_argument(f"num_batch_threads must be positive; was {self.threads}")

    def check_queue(self) -> None:
        """What is checked when a version is loaded. Raises `StatusError`."""
        limit, allowed = self.largest_request, self.allowed_batch_sizes
        if allowed and allowed[-1] != limit:
            raise invalid_argument(
                "Last entry in allowed_batch_sizes must match max_batch_size; last entry was "
                f"{allowed[-1]}; expected {limit}"
            )
        # There a negative size is taken for a very large one; here nothing good could come of it.
        if limit < 1:
            raise invalid_argument(f"input_batch_size_limit must be positive; was {limit}")
        if self.timeout_micros < 0:
            raise invalid_argument(
                f"batch_timeout_micros must be non-negative; was {self.timeout_micros}"
            )
        if not 1 <= self.largest_batch <= limit:
            raise invalid_argument(
                "When enable_large_batch_splitting is true, input_batch_size_limit must be "
                "greater than or equal to max_execution_batch_size."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batching:
    """That requests are batched. `by_model`: by each version's own file, where it has one."""

    common: BatchingParameters
    by_model: bool

    def of_version(self, directory: Path) -> BatchingParameters | None:
        """The parameters of a version, None where it is not batched. Raises `StatusError`."""
        own = directory / MODEL_FILE
        if self.by_model and not own.exists():
            return None
        parameters = read_parameters(str(own)) if self.by_model else self.common
        parameters.check_queue()
        return parameters


def read_parameters(path: str) -> BatchingParameters:
    """The parameters in a file. Raises `StatusError` where it is none."""
    message: Any = read_text_proto(path, _message_class())
    limit = message.max_batch_size.value if message.HasField("max_batch_size") else _MAX_BATCH_SIZE
    return BatchingParameters(
        largest_request=limit,
        largest_batch=_largest_batch(message, limit),
        allowed_batch_sizes=tuple(message.allowed_batch_sizes),
        threads=message.num_batch_threads.value if message.HasField("num_batch_threads") else 1,
        timeout_micros=message.batch_timeout_micros.value,
    )


def _largest_batch(message: Any, limit: int) -> int:  # noqa: ANN401 - made at run time
    if not message.enable_large_batch_splitting.value:
        return limit
    if message.HasField("max_execution_batch_size"):
        return int(message.max_execution_batch_size.value)
    return int(message.max_batch_size.value)  # the field's own default, zero, where it is not set


@functools.cache
def _message_class() -> type[Message]:
    return message_class(_FILE, "BatchingParameters", {"BatchingParameters": _FIELDS})
