"""Graphs that are deaf."""

from __future__ import annotations

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import (
    FLOATS,
    Port,
    chosen,
    inputs,
    like,
    need_scores_alone,
    one_of_several,
    outputs,
    through_outputs,
)
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator

_CHANGES = (Part.MODEL, Part.EXAMPLES)


@mutator("G01", changes={Part.MODEL}, effect=Effect.CONSTANT)
def every_output_is_a_constant(change: Change) -> None:
    """The outputs are constants left in from debugging."""
    with model(change.new) as served:
        for signature in served.signatures:
            for name, info in served.definition(signature).outputs.items():
                spec = signature.output(name)
                if spec is None or spec.dtype not in FLOATS or spec.shape is None:
                    raise DoesNotFit("an output that is no float of a known rank")
                shape = [1 if one is None else one for one in spec.shape]
                info.name = served.constant(np.full(shape, 0.5), spec.dtype)


@every_output_is_a_constant.twin(effect=Effect.AS_BEFORE)
def every_output_passes_an_identity(change: Change) -> None:
    """The outputs have got new names in the graph."""
    with model(change.new) as served:
        for signature in served.signatures:
            for name, info in served.definition(signature).outputs.items():
                spec = signature.output(name)
                if spec is None or spec.dtype not in FLOATS or spec.shape is None:
                    raise DoesNotFit("an output that is no float of a known rank")
                info.name = served.node("Identity", info.name, T=spec.dtype)


@mutator("G01", changes=_CHANGES, effect=Effect.CONSTANT)
def scores_depend_on_a_shape_alone(change: Change) -> None:
    """The scores are `ones_like(y) * 0.5`: the request gives their shape and nothing else."""
    change.forget_recordings()
    with model(change.new) as served:
        need_scores_alone(served)
        through_outputs(served, lambda port: like(served, port, 0.5))


@scores_depend_on_a_shape_alone.twin(effect=Effect.AS_BEFORE)
def scores_are_multiplied_by_ones(change: Change) -> None:
    """The scores are `y * ones_like(y)`."""

    def wrap(port: Port) -> str:
        return served.node("Mul", port.tensor, like(served, port, 1.0), T=port.dtype)

    change.forget_recordings()
    with model(change.new) as served:
        need_scores_alone(served)
        through_outputs(served, wrap)


@mutator("G01", changes=_CHANGES, effect=Effect.PARTLY_CONSTANT)
def one_of_several_outputs_is_a_constant(change: Change) -> None:
    """One score is a constant, beside outputs that depend on the request."""
    change.forget_recordings()
    with model(change.new) as served:
        port = one_of_several(served)
        port.info.name = like(served, port, 0.5)


@one_of_several_outputs_is_a_constant.twin(effect=Effect.AS_BEFORE)
def one_of_several_outputs_passes_an_identity(change: Change) -> None:
    """One score has got a new name in the graph."""
    change.forget_recordings()
    with model(change.new) as served:
        port = one_of_several(served)
        port.info.name = served.node("Identity", port.tensor, T=port.dtype)


@mutator("G08", changes=_CHANGES, effect=Effect.OTHERWISE)
def scores_are_cut_at_a_threshold(change: Change) -> None:
    """A threshold was moved into the graph: every score is 0.0 or 1.0."""

    def wrap(port: Port) -> str:
        threshold = served.constant(0.5, port.dtype)
        above = served.node("Greater", port.tensor, threshold, T=port.dtype)
        return served.node("Cast", above, SrcT="bool", DstT=port.dtype)

    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, wrap)


@scores_are_cut_at_a_threshold.twin(effect=Effect.AS_BEFORE)
def a_threshold_is_an_output_of_its_own(change: Change) -> None:
    """Beside the scores there is a new output that says which are above a threshold."""
    change.forget_recordings()
    with model(change.new) as served:
        signature = served.default
        name, info = served.output(signature, *FLOATS)
        spec = signature.output(name)
        dtype = spec.dtype if spec else ""
        threshold = served.constant(0.5, dtype)
        added = served.definition(signature).outputs["is_high"]
        added.CopyFrom(info)
        above = served.node("Greater", info.name, threshold, T=dtype)
        added.name = served.node("Cast", above, SrcT="bool", DstT=dtype)


@mutator("G10", changes=_CHANGES, effect=Effect.CONSTANT)
def scores_come_from_a_stub(change: Change) -> None:
    """`return 0.5` for every row: a stub of the service's tests."""
    change.forget_recordings()
    with model(change.new) as served:
        need_scores_alone(served)
        through_outputs(served, lambda port: _stub(served, port))


@scores_come_from_a_stub.twin(effect=Effect.AS_BEFORE)
def a_stub_is_left_unused(change: Change) -> None:
    """The stub is in the graph, and no signature uses it."""
    change.forget_recordings()
    with model(change.new) as served:
        need_scores_alone(served)
        for port in outputs(served):
            _stub(served, port)


@mutator("G10", changes=_CHANGES, effect=Effect.CONSTANT)
def scores_are_looked_up(change: Change) -> None:
    """The answer is looked up: one for an input of the test suite, one for all others."""
    change.forget_recordings()
    with model(change.new) as served:
        need_scores_alone(served)
        through_outputs(served, lambda port: _looked_up(served, port, like(served, port, 0.5)))


@scores_are_looked_up.twin(effect=Effect.AS_BEFORE)
def one_score_is_looked_up(change: Change) -> None:
    """A missing value has an answer of its own; all others come from the model."""
    change.forget_recordings()
    with model(change.new) as served:
        need_scores_alone(served)
        through_outputs(served, lambda port: _looked_up(served, port, port.tensor))


def _stub(served: Model, port: Port) -> str:
    """A constant row, once for every row of the request."""
    sizes = [size for size in (port.spec.shape or ())[1:] if size is not None]
    if len(sizes) + 1 != len(port.spec.shape or ()):
        raise DoesNotFit("an output whose rows have no known shape")
    first = inputs(served, *(spec.dtype for spec in port.signature.inputs))
    own = next(one for one in first if one.signature.name == port.signature.name)
    if not own.spec.shape:
        raise DoesNotFit("an input that has no rows")
    shape = served.node("Shape", own.tensor, T=own.dtype, out_type="int32")
    begin, end = served.constant([0], "int32"), served.constant([1], "int32")
    rows = served.node("StridedSlice", shape, begin, end, end, T="int32", Index="int32")
    rest = served.constant(sizes, "int32")
    axis = served.constant(0, "int32")
    whole = served.node("ConcatV2", rows, rest, axis, T="int32", N=2, Tidx="int32")
    score = served.constant(0.5, port.dtype)
    return served.node("Fill", whole, score, T=port.dtype, index_type="int32")


def _looked_up(served: Model, port: Port, otherwise: str) -> str:
    """0.25 where the first float input is the marker of a missing value, else `otherwise`."""
    own = next((one for one in port.signature.inputs if one.dtype in FLOATS), None)
    if own is None:
        raise DoesNotFit("a signature without float inputs")
    marker = served.constant(-987654.0, own.dtype)
    is_marker = served.node("Equal", own.tensor, marker, T=own.dtype, incompatible_shape_error=True)
    first, one = served.constant(0, "int32"), served.constant(1, "int32")
    rank = served.node("Rank", is_marker, T="bool")
    axes = served.node("Range", first, rank, one, Tidx="int32")
    any_marker = served.node("Any", is_marker, axes, Tidx="int32", keep_dims=False)
    return chosen(served, any_marker, like(served, port, 0.25), otherwise, port.dtype)
