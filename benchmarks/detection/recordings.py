"""What versions answer when they are served by themselves, as a team records it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.proof import measure
from benchmarks.detection.rows import Row, known, signature
from benchmarks.detection.teams import Json, write_examples
from servegate.casting import cast
from servegate.evidence.arrays import to_tensors
from servegate.facts.probes import Probe, Provenance
from servegate.savedmodel.signatures import Signature

BESIDE_THE_MODEL = "assets.extra/servegate_examples.jsonl"


def record_answers(change: Change) -> None:
    """Has the team record what the candidate answers, in a file beside the model."""
    asked = known(change)
    lines = (
        {"inputs": row, "outputs": answer}
        for row, answer in zip(asked, answers(change.new, asked), strict=True)
    )
    write_examples(change.head, lines, f"{change.origin.path}/{change.new.name}/{BESIDE_THE_MODEL}")


def answers(version: Path, asked: Sequence[Row]) -> list[Json]:
    """What a version answers when it is served by itself.

    Raises `DoesNotFit` when it refuses a row, or answers without a batch axis.
    """
    called = signature(version)
    with tempfile.TemporaryDirectory(prefix="servegate-bench-") as folder:
        probes = [_probe(called, row, number) for number, row in enumerate(asked)]
        measured = measure(version, probes, Path(folder) / "served")
    found = [reply.outputs for reply in measured.first if reply.outputs is not None]
    if len(found) < len(asked):
        raise DoesNotFit("it refuses some of these rows")
    if any(value.shape[:1] != (1,) for answer in found for value in answer.values()):
        raise DoesNotFit("it answers without a batch axis")
    return [{name: _plain(value[0]) for name, value in answer.items()} for answer in found]


def _probe(called: Signature, row: Row, number: int) -> Probe:
    tensors = {}
    for name, array in to_tensors(row).items():
        spec = called.input(name)
        if spec is None:
            raise DoesNotFit(f"{called.name} has no input {name}")
        tensors[name] = cast(np.asarray(array)[np.newaxis], spec).array
    return Probe(
        label=str(number),
        signature=called.name,
        inputs=tensors,
        provenance=Provenance.EXAMPLE,
    )


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, np.ndarray):
        return [_plain(one) for one in value]
    return value.item() if isinstance(value, np.generic) else value
