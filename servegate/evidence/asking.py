"""Puts probes to a server, in as few requests as the model allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from servegate.deadline import Deadline
from servegate.facts.probes import Probe, Repeat, Reply
from servegate.facts.serving import Answer, Question, RequestRefused, Server, Tensors
from servegate.tfserving.versions import Version

# After so many refusals in a row the rest of a group is taken for refused too.
_PATIENCE = 4
_MAX_BATCH_BYTES = 2**25


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """Asks one version of one model."""

    server: Server
    model: str
    version: Version
    deadline: Deadline
    seconds: float

    def elsewhere(self, server: Server, model: str) -> Interview:
        """The same version in another server, which knows the model by that name."""
        return replace(self, server=server, model=model)

    def ask(self, probes: Sequence[Probe]) -> Iterator[Reply]:
        """Replies in the order of the probes. Raises `ServerFailed`."""
        replies: dict[str, Reply] = {}
        for batch in batches(probes):
            for reply in self._batch(batch):
                replies[reply.probe.label] = reply
        return (replies[probe.label] for probe in probes)

    def ask_alone(self, probe: Probe) -> Reply:
        """The reply to a request with one probe. Raises `ServerFailed`."""
        try:
            return Reply(probe=probe, outputs=self._send(probe.inputs, probe.signature).outputs)
        except RequestRefused as refused:
            return Reply(probe=probe, refusal=str(refused))

    def ask_together(self, probes: Sequence[Probe]) -> Answer:
        """The answer to one request with all of them, which are of one form.

        Raises `RequestRefused` and `ServerFailed`.
        """
        return self._send(_joined(probes), probes[0].signature)

    def _batch(self, batch: Sequence[Probe]) -> list[Reply]:
        if len(batch) > 1:
            try:
                rows = _rows(self.ask_together(batch), len(batch))
            except RequestRefused:
                rows = None
            if rows is not None:
                return [
                    Reply(probe=probe, outputs=row) for probe, row in zip(batch, rows, strict=True)
                ]
        return self._singly(batch)

    def _singly(self, batch: Sequence[Probe]) -> list[Reply]:
        replies: list[Reply] = []
        refusals = 0
        for probe in batch:
            if refusals >= _PATIENCE and not any(one.answered for one in replies):
                replies.append(Reply(probe=probe, refusal=replies[-1].refusal))
                continue
            replies.append(self.ask_alone(probe))
            refusals += not replies[-1].answered
        return replies

    def _send(self, inputs: Tensors, signature: str) -> Answer:
        question = Question(
            model=self.model, signature=signature, inputs=inputs, version=self.version
        )
        return self.server.predict(question, self.deadline.within(self.seconds))


def asked_twice(first: Interview, second: Interview, probes: Sequence[Probe]) -> tuple[Repeat, ...]:
    """What both say to the same probes. Raises `ServerFailed`.

    Both are asked anew, in the very same requests: how large a batch is may rightly move an answer
    a little.
    """
    pairs = zip(first.ask(probes), second.ask(probes), strict=True)
    return tuple(Repeat(first=one, second=other) for one, other in pairs)


def batches(probes: Sequence[Probe]) -> Iterator[list[Probe]]:
    """Probes that can travel together: same signature, one row each, equal shapes and dtypes."""
    groups: dict[object, list[Probe]] = defaultdict(list)
    for number, probe in enumerate(probes):
        one_row = all(array.ndim and array.shape[0] == 1 for array in probe.inputs.values())
        key = (
            (
                probe.signature,
                *(
                    (name, array.shape, array.dtype.str)
                    for name, array in sorted(probe.inputs.items())
                ),
            )
            if one_row
            else number
        )
        groups[key].append(probe)
    for group in groups.values():
        yield from _cut(group)


def _cut(group: list[Probe]) -> Iterator[list[Probe]]:
    size = sum(array.nbytes for array in group[0].inputs.values())
    most = max(1, _MAX_BATCH_BYTES // max(1, size))
    for start in range(0, len(group), most):
        yield group[start : start + most]


def _joined(batch: Sequence[Probe]) -> Tensors:
    return {
        name: np.concatenate([probe.inputs[name] for probe in batch]) for name in batch[0].inputs
    }


def _rows(answer: Answer, count: int) -> list[Tensors] | None:
    """The answer cut into rows, None when an output has not one row for each that was asked."""
    if any(array.ndim == 0 or array.shape[0] != count for array in answer.outputs.values()):
        return None
    return [
        {name: array[row : row + 1] for name, array in answer.outputs.items()}
        for row in range(count)
    ]
