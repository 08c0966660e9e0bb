"""A session that runs requests as batches of the sizes that the parameters allow.

Source: `tensorflow_serving/batching/batching_session.cc` and TensorFlow's `SharedBatchScheduler`.

Every request is a batch of its own: which requests meet in one is a matter of chance, and an
answer that depends on it does not come out twice. So timeouts and queues mean nothing here, and
`pad_variable_length_inputs`, which makes requests of one batch alike, has nothing to do. Only a
request without rows must meet another: a batch of no rows is never due.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from servegate.embedded import rows
from servegate.embedded.batching_parameters import BatchingParameters
from servegate.embedded.session import Feed, Session
from servegate.embedded.status import Code, StatusError, invalid_argument
from servegate.savedmodel.protos import SignatureDef, TensorProto

# Seconds for which a request without rows waits. TF Serving's waits, on its thread, for ever.
_LONGEST_WAIT = 300.0

# The names of the tensors that a request feeds, and of those that it fetches: requests are put
# into one batch only where both are the same.
_Queue: TypeAlias = tuple[frozenset[str], frozenset[str]]


class BatchingSession:
    """Wraps a session; used, and closed, in its place."""

    def __init__(self, wrapped: Session, parameters: BatchingParameters) -> None:
        self._wrapped = wrapped
        self._parameters = parameters
        self._queues = frozenset(map(_queue_of, wrapped.signatures.values()))
        self._lock = threading.Lock()
        self._waiting: dict[_Queue, threading.Event] = {}

    @property
    def signatures(self) -> Mapping[str, SignatureDef]:
        """See `Session.signatures`."""
        return self._wrapped.signatures

    def run(
        self,
        feeds: Iterable[Feed],
        fetches: Sequence[str],
        *,
        run_options: bytes = b"",
    ) -> list[TensorProto]:
        """See `Session.run`. Raises `StatusError` too for what cannot be a batch.

        What is no signature's inputs and outputs, some of the outputs say, is run as it is.
        """
        asked = list(feeds)
        queue = frozenset(feed.tensor for feed in asked), frozenset(fetches)
        if queue not in self._queues:
            return self._wrapped.run(asked, fetches, run_options=run_options)
        size = _batch_size(asked)
        limit = self._parameters.largest_request
        if size > limit:
            message = f"Task size {size} is larger than maximum input batch size {limit}"
            raise invalid_argument(message)
        self._meet(queue, size)
        if size > self._parameters.largest_batch or size != self._parameters.padded(size):
            # Whatever fits as it is, large images say, is spared the way through Python.
            asked = [replace(one, value=rows.unpacked(one)) for one in asked]
        parts = [
            self._run_batch(part, fetches, run_options)
            for part in _parts(asked, size, self._parameters.largest_batch)
        ]
        if len(parts) == 1:
            return parts[0]
        return [rows.joined(pieces) for pieces in zip(*parts, strict=True)]

    def close(self) -> None:
        """See `Session.close`."""
        self._wrapped.close()

    def _meet(self, queue: _Queue, size: int) -> None:
        """Waits, where a request has no rows, for one that has some."""
        with self._lock:
            if size:
                waiting = self._waiting.pop(queue, None)
            else:
                waiting = self._waiting.setdefault(queue, threading.Event())
        if waiting and size:
            waiting.set()
        elif waiting:
            waiting.wait(_LONGEST_WAIT)

    def _run_batch(
        self, asked: Sequence[Feed], fetches: Sequence[str], run_options: bytes
    ) -> list[TensorProto]:
        """Pads to the next allowed size with the first row, which is known to be valid."""
        size = rows.count(asked[0].value)
        # Without a row there is none to pad with.
        padded = self._parameters.padded(size) if size else 0
        fed = [replace(one, value=rows.padded(one.value, padded)) for one in asked]
        outputs = self._wrapped.run(fed, fetches, run_options=run_options)
        return [_first_rows(output, padded, size) for output in outputs]


def _queue_of(signature: SignatureDef) -> _Queue:
    fed, fetched = signature.inputs.values(), signature.outputs.values()
    return frozenset(info.name for info in fed), frozenset(info.name for info in fetched)


def _batch_size(asked: Sequence[Feed]) -> int:
    if not asked:
        raise invalid_argument("Batching Run() must have at least one input tensor")
    if any(rows.is_scalar(one.value) for one in asked):
        raise invalid_argument("Batching Run() input tensors must have at least one dimension")
    sizes = {rows.count(one.value) for one in asked}
    if len(sizes) > 1:
        raise invalid_argument("Batching Run() input tensors must have equal 0th-dimension size")
    return sizes.pop()


def _parts(asked: Sequence[Feed], size: int, largest: int) -> Iterable[Sequence[Feed]]:
    """The request itself, or cut where it is larger than a batch (`SplitInputTask`)."""
    if size <= largest:
        yield asked
        return
    for start in range(0, size, largest):
        stop = min(start + largest, size)
        yield [replace(one, value=rows.cut(one.value, start, stop)) for one in asked]


def _first_rows(output: TensorProto, ran: int, wanted: int) -> TensorProto:
    if rows.is_scalar(output):
        raise StatusError(Code.FAILED_PRECONDITION, "Batched output tensor has 0 dimensions")
    if rows.count(output) != ran:
        raise StatusError(
            Code.FAILED_PRECONDITION,
            "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension "
            "sizes of the input tensors",
        )
    return output if wanted == ran else rows.cut(output, 0, wanted)
