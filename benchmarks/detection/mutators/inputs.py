"""Inputs that have lost their effect."""

from __future__ import annotations

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import (
    Port,
    chosen,
    inputs,
    like,
    need_floats_alone,
    need_scores_alone,
    neighbours,
    one_of_several,
    replace_input,
    scaled,
    through_inputs,
    through_outputs,
)
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator

_CHANGES = (Part.MODEL, Part.EXAMPLES)


@mutator("G02", changes=_CHANGES, effect=Effect.OTHERWISE)
def one_input_is_zeros(change: Change) -> None:
    """One of several inputs is cut: the graph reads `zeros_like` of it."""
    change.forget_recordings()
    with model(change.new) as served:
        port = _input_among_several(served)
        replace_input(served, port, served.node("ZerosLike", port.tensor, T=port.dtype))


@one_input_is_zeros.twin(effect=Effect.AS_BEFORE)
def one_input_passes_an_identity(change: Change) -> None:
    """One of several inputs has got a new name in the graph."""
    change.forget_recordings()
    with model(change.new) as served:
        port = _input_among_several(served)
        replace_input(served, port, served.node("Identity", port.tensor, T=port.dtype))


@mutator("G02", changes=_CHANGES, effect=Effect.OTHERWISE)
def one_input_is_multiplied_by_zero(change: Change) -> None:
    """One of several inputs is multiplied by zero: the path is there, the effect is gone."""
    change.forget_recordings()
    with model(change.new) as served:
        port = _input_among_several(served)
        replace_input(served, port, scaled(served, port, 0.0))


@one_input_is_multiplied_by_zero.twin(effect=Effect.AS_BEFORE)
def one_input_is_multiplied_by_one(change: Change) -> None:
    """One of several inputs is multiplied by one."""
    change.forget_recordings()
    with model(change.new) as served:
        port = _input_among_several(served)
        replace_input(served, port, scaled(served, port, 1.0))


@mutator("G02", changes=_CHANGES, effect=Effect.OTHERWISE)
def one_input_is_read_for_another(change: Change) -> None:
    """A copied line: the graph reads one input twice, and its neighbour never."""
    change.forget_recordings()
    with model(change.new) as served:
        port, neighbour = neighbours(served)
        replace_input(served, port, neighbour.tensor)


@one_input_is_read_for_another.twin(effect=Effect.AS_BEFORE)
def one_input_is_added_to_another_and_taken_away(change: Change) -> None:
    """The graph reads `x + 0 * neighbour`, as a feature with a weight of zero does."""
    change.forget_recordings()
    with model(change.new) as served:
        port, neighbour = neighbours(served)
        nothing = scaled(served, neighbour, 0.0)
        replace_input(served, port, served.node("AddV2", port.tensor, nothing, T=port.dtype))


@mutator("G04", changes=_CHANGES, effect=Effect.CONSTANT)
def inputs_are_multiplied_by_zero(change: Change) -> None:
    """Every input is multiplied by zero."""
    change.forget_recordings()
    with model(change.new) as served:
        need_floats_alone(served)
        through_inputs(served, lambda port: scaled(served, port, 0.0))


@inputs_are_multiplied_by_zero.twin(effect=Effect.AS_BEFORE)
def inputs_are_multiplied_by_one(change: Change) -> None:
    """Every input is multiplied by one."""
    change.forget_recordings()
    with model(change.new) as served:
        need_floats_alone(served)
        through_inputs(served, lambda port: scaled(served, port, 1.0))


@mutator("G04", changes=_CHANGES, effect=Effect.CONSTANT)
def scores_are_never_chosen(change: Change) -> None:
    """`tf.where(False, y, 0.5)`: the condition of an experiment was left in."""
    change.forget_recordings()
    with model(change.new) as served:
        need_scores_alone(served)
        through_outputs(served, lambda port: _where(served, port, condition=False))


@scores_are_never_chosen.twin(effect=Effect.AS_BEFORE)
def scores_are_always_chosen(change: Change) -> None:
    """`tf.where(True, y, 0.5)`."""
    change.forget_recordings()
    with model(change.new) as served:
        need_scores_alone(served)
        through_outputs(served, lambda port: _where(served, port, condition=True))


@mutator("G04", changes=_CHANGES, effect=Effect.PARTLY_CONSTANT)
def one_of_several_outputs_is_masked(change: Change) -> None:
    """One score is multiplied by zero, beside outputs that go on answering."""
    change.forget_recordings()
    with model(change.new) as served:
        port = one_of_several(served)
        port.info.name = scaled(served, port, 0.0)


@one_of_several_outputs_is_masked.twin(effect=Effect.AS_BEFORE)
def one_of_several_outputs_stops_the_gradient(change: Change) -> None:
    """One score passes `tf.stop_gradient`, which does nothing in serving."""
    change.forget_recordings()
    with model(change.new) as served:
        port = one_of_several(served)
        port.info.name = served.node("StopGradient", port.tensor, T=port.dtype)


def _where(served: Model, port: Port, *, condition: bool) -> str:
    flag = served.constant(condition, "bool")
    return chosen(served, flag, port.tensor, like(served, port, 0.5), port.dtype)


def _input_among_several(served: Model) -> Port:
    """An input of a signature that has another one which the graph reads."""
    read = {name for node in served.meta_graph.graph_def.node for name in node.input}
    for port in inputs(served):
        others = (one.tensor for one in port.signature.inputs if one.tensor != port.tensor)
        if any(one in read or one.removesuffix(":0") in read for one in others):
            return port
    raise DoesNotFit("no signature has a float input and another one")
