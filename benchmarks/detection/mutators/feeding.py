"""What clients must send, and what they may leave out."""

from __future__ import annotations

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model, set_dtype
from benchmarks.detection.editing.surgery import (
    FLOATS,
    Port,
    inputs,
    neighbours,
    outputs,
    own_input,
    replace_input,
    shape_attribute,
    shape_message,
)
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.tensors import from_numpy


@mutator("C04", changes={Part.MODEL}, effect=Effect.ANSWERS)
def the_batch_holds_one_row(change: Change) -> None:
    """The export was traced with a batch of one: no request may hold two rows."""
    with model(change.new) as served:
        _ensure_rows(served, 1)
        for port in inputs(served):
            if port.spec.shape and port.spec.shape[0] is None:
                port.info.tensor_shape.dim[0].size = 1


@the_batch_holds_one_row.twin(effect=Effect.AS_BEFORE)
def the_batch_is_open(change: Change) -> None:
    """The shape of a row is asserted in the graph, and the batch is left open."""
    with model(change.new) as served:
        _ensure_rows(served, None)


@mutator("C05", changes={Part.MODEL}, effect=Effect.REFUSES_SOME)
def an_input_is_dropped(change: Change) -> None:
    """A feature is no longer fed: the signature has lost the input, and the graph reads zeros."""
    with model(change.new) as served:
        port, zeros = _fed_with_zeros(served)
        replace_input(served, port, zeros)
        del served.definition(port.signature).inputs[port.spec.name]


@an_input_is_dropped.twin(effect=Effect.AS_BEFORE)
def an_optional_input_is_added(change: Change) -> None:
    """There is a new input, with a default that changes nothing."""
    with model(change.new) as served:
        _fed_with_zeros(served)
        _add_optional_input(served)


@mutator("C06", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def a_feature_has_a_default(change: Change) -> None:
    """A request that forgets a feature is answered all the same: it has got a default."""
    with model(change.new) as served:
        port = own_input(served, *FLOATS)
        shape = [1 if size is None else size for size in port.spec.shape or ()]
        default = from_numpy(np.zeros(shape, port.dtype))
        served.definition(port.signature).defaults[port.spec.name].CopyFrom(default)


@a_feature_has_a_default.twin(effect=Effect.AS_BEFORE)
def a_new_option_has_a_default(change: Change) -> None:
    """A new option has a default that changes nothing; every feature must still be sent."""
    with model(change.new) as served:
        own_input(served, *FLOATS)
        _add_optional_input(served)


def _ensure_rows(served: Model, rows: int | None) -> None:
    """Has the graph insist on so many rows, None for any number, in every float input."""
    ports = [one for one in inputs(served) if one.spec.shape and one.spec.shape[0] is None]
    if not ports:
        raise DoesNotFit("no float input has an open batch")

    def wrap(port: Port) -> str:
        shape = shape_attribute((rows, *(port.spec.shape or ())[1:]))
        return served.node("EnsureShape", port.tensor, T=port.dtype, shape=shape)

    for port in ports:
        replace_input(served, port, wrap(port))


def _fed_with_zeros(served: Model) -> tuple[Port, str]:
    """An input beside another one of its shape, and zeros of that shape."""
    port, neighbour = neighbours(served)
    return port, served.node("ZerosLike", neighbour.tensor, T=neighbour.dtype)


def _add_optional_input(served: Model) -> None:
    """An input that is added to a score, and is zero when it is left out."""
    signature = served.default
    port = next((one for one in outputs(served) if one.signature.name == signature.name), None)
    if port is None:
        raise DoesNotFit("the signature has no float output")
    zero = np.zeros((), port.dtype)
    shape = shape_attribute(())
    default = served.constant(zero, port.dtype)
    option = served.node("PlaceholderWithDefault", default, dtype=port.dtype, shape=shape)
    definition = served.definition(signature)
    definition.inputs["offset"].name = option
    set_dtype(definition.inputs["offset"], port.dtype)
    definition.inputs["offset"].tensor_shape.CopyFrom(shape_message(()))
    definition.defaults["offset"].CopyFrom(from_numpy(zero))
    port.info.name = served.node("AddV2", port.tensor, option, T=port.dtype)
