"""Answers that mean something else than in training."""

from __future__ import annotations

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import Port, outputs
from benchmarks.detection.editing.tables import reorder, value
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.recordings import record_answers
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.protos import NodeDef

_RECORDED = (Part.MODEL, Part.FILES, Part.EXAMPLES)


@mutator("S13", changes={Part.MODEL}, effect=Effect.OTHERWISE)
def class_names_are_reversed(change: Change) -> None:
    """The names of the classes stand in another order than the scores."""
    change.need_recordings()
    with model(change.new) as served:
        reorder(_class_names(served))


@class_names_are_reversed.twin(effect=Effect.AS_BEFORE)
def class_names_are_reversed_and_back(change: Change) -> None:
    """The names of the classes pass through a copy."""
    change.need_recordings()
    with model(change.new) as served:
        names = _class_names(served)
        tensor = f"{names.name}:0"
        served.replace_uses(tensor, served.node("Identity", tensor, T="string"))


def _class_names(served: Model) -> NodeDef:
    """The constant of words that an output is chosen from."""
    outputs(served, "string")
    found = [
        node
        for node in served.meta_graph.graph_def.node
        if node.op == "Const" and _holds_words(node) and not node.name.startswith("save")
    ]
    if len(found) != 1:
        raise DoesNotFit("no one constant holds the names of classes")
    return found[0]


def _holds_words(node: NodeDef) -> bool:
    words = value(node)
    return words.dtype == object and words.ndim == 1 and words.size > 1


def _reversed(served: Model, tensor: str, dtype: str) -> str:
    last = served.constant([-1], "int32")
    return served.node("ReverseV2", tensor, last, T=dtype, Tidx="int32")


def _scores(served: Model) -> list[Port]:
    found = [port for port in outputs(served) if len(port.spec.shape or ()) > 1 and _several(port)]
    if not found:
        raise DoesNotFit("no output has a score for each of several classes")
    return found


def _several(port: Port) -> bool:
    return ((port.spec.shape or (1,))[-1] or 2) > 1


@mutator("S13", changes=_RECORDED, effect=Effect.OTHERWISE)
def scores_are_in_reverse(change: Change) -> None:
    """The scores are in the order of another list of classes than the recorded ones."""
    change.forget_recordings()
    record_answers(change)
    with model(change.new) as served:
        for port in _scores(served):
            port.info.name = _reversed(served, port.tensor, port.dtype)


@scores_are_in_reverse.twin(effect=Effect.AS_BEFORE)
def scores_are_reversed_twice(change: Change) -> None:
    """The scores are put into another order and back."""
    change.forget_recordings()
    record_answers(change)
    with model(change.new) as served:
        for port in _scores(served):
            once = _reversed(served, port.tensor, port.dtype)
            port.info.name = _reversed(served, once, port.dtype)
