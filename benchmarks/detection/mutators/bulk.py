"""Versions that are larger than a server can read, or than production needs."""

from __future__ import annotations

import os
import shutil

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.shards import checkpoint
from benchmarks.detection.editing.table import varint
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.bundle import INDEX
from servegate.savedmodel.reader import BINARY

_WEIGHTS = frozenset({Part.WEIGHTS})
_MESSAGE = 2**31 + 2**20
"""Beyond what TensorFlow reads of one protocol buffer, which is an int32 of bytes."""
_UNKNOWN = bytes((0xC2, 0x3E))
"""The key of field 1000, of bytes: readers that do not know it pass over it."""
_SLOTS = 2**18
"""Numbers of an optimizer's slot: a megabyte."""


@mutator("P12", changes={Part.MODEL, Part.DEPLOYMENT}, effect=Effect.DOES_NOT_LOAD)
def the_graph_is_larger_than_a_message_may_be(change: Change) -> None:
    """saved_model.pb holds more than two gibibytes, in a tree that is not in git."""
    _pad(change, _MESSAGE)


@the_graph_is_larger_than_a_message_may_be.twin(effect=Effect.AS_BEFORE)
def the_graph_is_large(change: Change) -> None:
    """saved_model.pb holds sixteen mebibytes, in a tree that is not in git."""
    _pad(change, 2**24)


def _pad(change: Change, size: int) -> None:
    """Adds a field that nobody knows to the graph, as a hole in the file."""
    file = change.new / BINARY
    if not file.is_file():
        raise DoesNotFit("the graph is kept as text")
    with file.open("r+b") as stream:
        stream.seek(0, os.SEEK_END)
        stream.write(_UNKNOWN + varint(size))
        stream.truncate(stream.tell() + size)
    change.outside_git.append(f"{change.origin.path}/{change.new.name}")


@mutator("P13", changes={Part.FILES}, effect=Effect.AS_BEFORE, advisory=True)
def the_trainer_s_checkpoints_came_along(change: Change) -> None:
    """The trainer's checkpoints lie in the version directory, each as large as the weights."""
    if not (change.new / INDEX).is_file():
        raise DoesNotFit("the model has no variables")
    for epoch in range(1, 9):
        shutil.copytree(change.new / "variables", change.new / "checkpoints" / f"epoch-{epoch}")
    with (change.new / "events.out.tfevents.1700000000").open("wb") as stream:
        stream.write(np.random.default_rng(13).bytes(2**20))


@the_trainer_s_checkpoints_came_along.twin(effect=Effect.AS_BEFORE)
def the_trainer_s_settings_came_along(change: Change) -> None:
    """The trainer's settings lie in the version directory, in a few lines."""
    if not (change.new / INDEX).is_file():
        raise DoesNotFit("the model has no variables")
    (change.new / "training.json").write_text('{"epochs": 8}\n')


@mutator("P13", changes=_WEIGHTS, effect=Effect.AS_BEFORE, advisory=True)
def the_optimizer_s_slots_came_along(change: Change) -> None:
    """The weights hold the optimizer's slots, which no server reads."""
    numbers = np.random.default_rng(13)
    with checkpoint(change.new) as held:
        for slot in ("m", "v"):
            held.add(f"optimizer/{slot}", numbers.random(_SLOTS, np.float32))


@the_optimizer_s_slots_came_along.twin(effect=Effect.AS_BEFORE)
def the_step_came_along(change: Change) -> None:
    """The weights hold the number of the last step, which no server reads."""
    with checkpoint(change.new) as held:
        held.add("optimizer/iteration", np.asarray([1200.0], np.float32))
