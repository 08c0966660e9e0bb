"""Answers whose names stay and whose meaning changes."""

from __future__ import annotations

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import (
    Port,
    inputs,
    outputs,
    through_outputs,
)
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator

_CHANGES = (Part.MODEL, Part.EXAMPLES)


@mutator("C07", changes={Part.MODEL}, effect=Effect.OTHERWISE)
def classes_are_reversed(change: Change) -> None:
    """The scores come in another order of classes."""
    change.need_recordings()
    with model(change.new) as served:
        port = _classes(served)
        port.info.name = _reversed(served, port.tensor, port.dtype)


@classes_are_reversed.twin(effect=Effect.AS_BEFORE)
def classes_are_reversed_twice(change: Change) -> None:
    """The scores are reordered inside the graph, and come as they did."""
    change.need_recordings()
    with model(change.new) as served:
        port = _classes(served)
        once = _reversed(served, port.tensor, port.dtype)
        port.info.name = _reversed(served, once, port.dtype)


@mutator("C07", changes={Part.MODEL}, effect=Effect.OTHERWISE)
def a_score_means_the_opposite(change: Change) -> None:
    """The score is that of the other class: `1 - y`."""
    change.need_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _complement(served, port.tensor, port.dtype))


@a_score_means_the_opposite.twin(effect=Effect.AS_BEFORE)
def a_score_is_turned_twice(change: Change) -> None:
    """The score is `1 - (1 - y)`."""

    def wrap(port: Port) -> str:
        return _complement(served, _complement(served, port.tensor, port.dtype), port.dtype)

    change.need_recordings()
    with model(change.new) as served:
        through_outputs(served, wrap)


@mutator("C08", changes={Part.MODEL}, effect=Effect.OTHERWISE)
def two_outputs_are_one_tensor(change: Change) -> None:
    """A copied line: two outputs of a signature are the same tensor."""
    with model(change.new) as served:
        one, other = _pair(outputs(served), outputs(served))
        one.info.name = other.tensor


@two_outputs_are_one_tensor.twin(effect=Effect.AS_BEFORE)
def an_output_has_a_second_name(change: Change) -> None:
    """The output is offered under a new name too; the old one stays."""
    with model(change.new) as served:
        one, _ = _pair(outputs(served), outputs(served))
        added = served.definition(one.signature).outputs[f"{one.spec.name}_v2"]
        added.CopyFrom(one.info)
        added.name = served.node("Identity", one.tensor, T=one.dtype)


@mutator("C08", changes=_CHANGES, effect=Effect.OTHERWISE)
def an_output_is_an_input(change: Change) -> None:
    """An output gives an input back, as a function does that returns the wrong name."""
    change.forget_recordings()
    with model(change.new) as served:
        output, own = _pair(outputs(served), inputs(served))
        output.info.name = served.node("Identity", own.tensor, T=own.dtype)


@an_output_is_an_input.twin(effect=Effect.AS_BEFORE)
def an_input_is_passed_through(change: Change) -> None:
    """A new output gives an input back, as keys are."""
    change.forget_recordings()
    with model(change.new) as served:
        output, own = _pair(outputs(served), inputs(served))
        added = served.definition(output.signature).outputs[f"{own.spec.name}_echo"]
        added.CopyFrom(own.info)
        added.name = served.node("Identity", own.tensor, T=own.dtype)


def _classes(served: Model) -> Port:
    """An output of the default signature that has a row of scores for every row of the request."""
    own = served.default.name
    for port in outputs(served):
        shape = port.spec.shape
        if port.signature.name == own and shape and len(shape) == 2 and (shape[1] or 0) > 1:
            return port
    raise DoesNotFit("the default signature has no row of scores")


def _reversed(served: Model, tensor: str, dtype: str) -> str:
    axis = served.constant([1], "int32")
    return served.node("ReverseV2", tensor, axis, T=dtype, Tidx="int32")


def _complement(served: Model, tensor: str, dtype: str) -> str:
    one = served.constant(1.0, dtype)
    return served.node("Sub", one, tensor, T=dtype)


def _pair(some: list[Port], others: list[Port]) -> tuple[Port, Port]:
    """Two ports of the signature that is asked first, alike and not the same tensor."""
    asked = some[0].signature.name
    for one in (port for port in some if port.signature.name == asked):
        for other in others:
            alike = (one.signature.name, one.dtype, one.spec.shape) == (
                other.signature.name,
                other.dtype,
                other.spec.shape,
            )
            if alike and one.tensor != other.tensor:
                return one, other
    raise DoesNotFit("no two ports of a signature are alike")
