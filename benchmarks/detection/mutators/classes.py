"""Scores that are no longer a distribution over the classes, or always favour one."""

from __future__ import annotations

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import Port, outputs, scaled
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator

_CHANGES = (Part.MODEL, Part.EXAMPLES)


@mutator("G11", changes=_CHANGES, effect=Effect.OTHERWISE)
def one_class_always_wins(change: Change) -> None:
    """The classes have collapsed: one wins for every input, while its score still moves."""
    change.forget_recordings()
    with model(change.new) as served:
        port = _probabilities(served)
        port.info.name = _mixed(served, port, 0.9)


@one_class_always_wins.twin(effect=Effect.ANSWERS)
def scores_are_smoothed(change: Change) -> None:
    """The scores are mixed with a little of a prior, as label smoothing does."""
    change.forget_recordings()
    with model(change.new) as served:
        port = _probabilities(served)
        port.info.name = _mixed(served, port, 0.01)


@mutator("F04", changes=_CHANGES, effect=Effect.OTHERWISE)
def probabilities_are_logits(change: Change) -> None:
    """The last softmax is missing: the answer is logits where it was probabilities."""
    change.forget_recordings()
    with model(change.new) as served:
        port = _probabilities(served)
        port.info.name = _logits(served, port)


@probabilities_are_logits.twin(effect=Effect.ANSWERS)
def probabilities_have_a_temperature(change: Change) -> None:
    """The last softmax has got a temperature."""
    change.forget_recordings()
    with model(change.new) as served:
        port = _probabilities(served)
        factor = served.constant(0.9, port.dtype)
        cooler = served.node("Mul", _logits(served, port), factor, T=port.dtype)
        port.info.name = served.node("Softmax", cooler, T=port.dtype)


@mutator("F04", changes=_CHANGES, effect=Effect.OTHERWISE)
def probabilities_sum_to_two(change: Change) -> None:
    """Two heads are added up without dividing by two."""
    change.forget_recordings()
    with model(change.new) as served:
        port = _probabilities(served)
        port.info.name = served.node("AddV2", port.tensor, port.tensor, T=port.dtype)


@probabilities_sum_to_two.twin(effect=Effect.AS_BEFORE)
def probabilities_are_averaged(change: Change) -> None:
    """Two heads are added up, and divided by two."""
    change.forget_recordings()
    with model(change.new) as served:
        port = _probabilities(served)
        half = scaled(served, port, 0.5)
        port.info.name = served.node("AddV2", half, half, T=port.dtype)


def _probabilities(served: Model) -> Port:
    """An output that is a distribution over classes, as its name or its node says."""
    softmaxes = {one.name for one in served.meta_graph.graph_def.node if one.op == "Softmax"}
    for port in outputs(served):
        shape = port.spec.shape or ()
        named = any(text in port.spec.name for text in ("prob", "softmax"))
        if len(shape) == 2 and (shape[1] or 0) > 1 and (named or _node(port) in softmaxes):
            return port
    raise DoesNotFit("no output is a distribution over classes")


def _node(port: Port) -> str:
    return port.tensor.partition(":")[0]


def _mixed(served: Model, port: Port, share: float) -> str:
    """So much of a prior that is sure of the first class, the rest as it was."""
    classes = (port.spec.shape or (None, None))[1] or 0
    prior = served.constant(np.eye(classes)[0] * share, port.dtype)
    rest = scaled(served, port, 1 - share)
    return served.node("AddV2", rest, prior, T=port.dtype)


def _logits(served: Model, port: Port) -> str:
    floor = served.constant(1e-30, port.dtype)
    held = served.node("Maximum", port.tensor, floor, T=port.dtype)
    return served.node("Log", held, T=port.dtype)
