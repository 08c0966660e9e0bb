"""Files of two exports in one version directory."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from google.protobuf import text_format

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import saved_model
from benchmarks.detection.editing.shards import checkpoint, read_checkpoint
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.fingerprint import FILE as FINGERPRINT
from servegate.savedmodel.reader import BINARY, TEXT

_WEIGHTS = frozenset({Part.WEIGHTS})
_TFLITE = b"\x1c\0\0\0TFL3" + bytes(64)


@mutator("P14", changes=_WEIGHTS, effect=Effect.DOES_NOT_LOAD)
def the_weights_of_another_architecture(change: Change) -> None:
    """The graph is the new one, and the weights are of the architecture before it."""
    _need_another_architecture(change)
    _take_the_old_weights(change)


@the_weights_of_another_architecture.twin(
    changes={Part.MODEL, Part.WEIGHTS, Part.ASSETS, Part.FILES, Part.EXAMPLES},
    effect=Effect.ANSWERS,
)
def the_whole_export_of_another_architecture(change: Change) -> None:
    """Graph and weights alike are of the architecture before, with a note that says so."""
    _need_another_architecture(change)
    change.forget_recordings()
    shutil.rmtree(change.new)
    shutil.copytree(change.old, change.new)
    (change.new / "README.md").write_text("The hidden layer did not help.\n")


@mutator("P14", changes=_WEIGHTS | {Part.EXAMPLES}, effect=Effect.OTHERWISE)
def the_weights_of_the_export_before(change: Change) -> None:
    """The graph is the new one, and the weights are the old ones, of the same shapes."""
    _need_one_architecture(change)
    change.forget_recordings()
    _take_the_old_weights(change)


@the_weights_of_the_export_before.twin(changes={Part.FILES, Part.EXAMPLES}, effect=Effect.AS_BEFORE)
def the_export_without_its_fingerprint(change: Change) -> None:
    """Graph and weights are of one export, whose fingerprint was not committed."""
    _need_one_architecture(change)
    change.forget_recordings()
    (change.new / FINGERPRINT).unlink()


@mutator("P14", changes=_WEIGHTS, effect=Effect.DOES_NOT_LOAD)
def the_weights_lack_a_variable(change: Change) -> None:
    """The graph restores a variable that the weights do not hold."""
    with checkpoint(change.new) as held:
        names = held.names()
        if not names:
            raise DoesNotFit("the checkpoint holds no numbers")
        del held.entries[max(names, key=lambda name: held.entries[name].size)]


@the_weights_lack_a_variable.twin(effect=Effect.AS_BEFORE)
def the_weights_hold_a_variable_more(change: Change) -> None:
    """The weights hold a variable that the graph does not restore."""
    with checkpoint(change.new) as held:
        held.add("another_head/bias", np.zeros(3, np.float32))


def _need_another_architecture(change: Change) -> None:
    """Raises `DoesNotFit` unless the new graph has variables that the old weights lack."""
    if not _shapes(change.new).keys() - _shapes(change.old).keys():
        raise DoesNotFit("the old weights hold every variable of the new ones")


def _need_one_architecture(change: Change) -> None:
    """Raises `DoesNotFit` unless the exports differ, and either graph can take either weights."""
    if not (change.new / FINGERPRINT).is_file():
        raise DoesNotFit("the export has no fingerprint")
    if (change.old / BINARY).read_bytes() == (change.new / BINARY).read_bytes():
        raise DoesNotFit("both exports have the same graph")
    if _shapes(change.old) != _shapes(change.new):
        raise DoesNotFit("the exports hold weights of other names or shapes")


def _shapes(version: Path) -> dict[bytes, bytes]:
    held = read_checkpoint(version)
    return {key: held.entries[key].shape.SerializeToString() for key in held.names()}


def _take_the_old_weights(change: Change) -> None:
    shutil.rmtree(change.new / "variables")
    shutil.copytree(change.old / "variables", change.new / "variables")


@mutator("P15", changes={Part.MODEL}, effect=Effect.AS_BEFORE, advisory=True)
def two_graphs_lie_side_by_side(change: Change) -> None:
    """saved_model.pbtxt holds another graph than saved_model.pb beside it."""
    _write_as_text(change, TEXT)


@two_graphs_lie_side_by_side.twin(changes={Part.FILES}, effect=Effect.AS_BEFORE)
def a_graph_for_reading_lies_beside(change: Change) -> None:
    """The graph lies beside saved_model.pb as text for reading, under a name of its own."""
    _write_as_text(change, "graph.pbtxt")


def _write_as_text(change: Change, name: str) -> None:
    if not (change.new / BINARY).is_file():
        raise DoesNotFit("the graph is kept as text alone")
    with saved_model(change.old) as message:
        text = text_format.MessageToString(message)
    (change.new / name).write_text(f"{text}saved_model_schema_version: 0\n")


@mutator("P15", changes={Part.FILES, Part.CONFIGURATION}, effect=Effect.AS_BEFORE)
def the_server_prefers_a_forgotten_tflite(change: Change) -> None:
    """A model.tflite of another time lies in the version, and production prefers it."""
    _forget_a_tflite(change, preferred=True)


@the_server_prefers_a_forgotten_tflite.twin(effect=Effect.AS_BEFORE)
def the_server_passes_a_tflite_over(change: Change) -> None:
    """A model.tflite for telephones lies in the version, and production does not read it."""
    _forget_a_tflite(change, preferred=False)


def _forget_a_tflite(change: Change, *, preferred: bool) -> None:
    (change.new / "model.tflite").write_bytes(_TFLITE)
    flag = f"--prefer_tflite_model={str(preferred).lower()}"
    change.configure(*change.trees, serving={"flags": [flag]})
