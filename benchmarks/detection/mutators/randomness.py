"""Answers that depend on chance, on what was asked before, or on who else is asking."""

from __future__ import annotations

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import (
    Port,
    after,
    assigned,
    at_start,
    controls,
    handle_of,
    held_by,
    integers,
    mean,
    outputs,
    through_inputs,
    through_outputs,
    variable,
)
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator

_CHANGES = (Part.MODEL, Part.EXAMPLES)
_BATCHING = {"flags": ["--enable_batching=true"]}


@mutator("N01", changes=_CHANGES, effect=Effect.UNSTABLE, advisory=True)
def scores_are_noisy(change: Change) -> None:
    """Noise was left on: every score is up to a tenth larger."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _noisy(served, port, 0.1))


@scores_are_noisy.twin(effect=Effect.AS_BEFORE)
def noise_is_of_size_zero(change: Change) -> None:
    """Noise is in the graph, and multiplied by zero."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _noisy(served, port, 0.0))


@mutator("N01", changes=_CHANGES, effect=Effect.UNSTABLE, advisory=True)
def inputs_are_dropped_out(change: Change) -> None:
    """Dropout was left on: half of what the model reads is zero, another half each time."""
    change.forget_recordings()
    with model(change.new) as served:
        outputs(served)
        through_inputs(served, lambda port: _dropped(served, port, 0.5))


@inputs_are_dropped_out.twin(effect=Effect.AS_BEFORE)
def nothing_is_dropped_out(change: Change) -> None:
    """Dropout is in the graph, with a rate of zero."""
    change.forget_recordings()
    with model(change.new) as served:
        outputs(served)
        through_inputs(served, lambda port: _dropped(served, port, 0.0))


@mutator("N02", changes=_CHANGES, effect=Effect.UNSTABLE, advisory=True)
def requests_are_counted_in_the_scores(change: Change) -> None:
    """Every request moves a counter, and the counter moves the scores."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _counting(served, port, 0.1))


@requests_are_counted_in_the_scores.twin(effect=Effect.AS_BEFORE)
def requests_are_counted(change: Change) -> None:
    """Every request moves a counter, which no score depends on."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _counting(served, port, None))


@mutator("N02", changes=_CHANGES, effect=Effect.UNSTABLE, advisory=True)
def the_request_before_is_remembered(change: Change) -> None:
    """A score holds a part of the one before it, whoever asked."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _remembering(served, port, 0.5))


@the_request_before_is_remembered.twin(effect=Effect.AS_BEFORE)
def the_request_before_is_kept(change: Change) -> None:
    """The last score is kept for monitoring, and no score depends on it."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _remembering(served, port, 0.0))


@mutator("N03", changes=_CHANGES, effect=Effect.OTHERWISE)
def scores_are_normalised_by_the_batch(change: Change) -> None:
    """Normalisation is in training mode: a row's score depends on the other rows."""
    change.forget_recordings()
    with model(change.new) as served:
        _need_batches(served)
        through_outputs(served, lambda port: _less(served, port, _of_the_batch(served, port)))


@scores_are_normalised_by_the_batch.twin(effect=Effect.AS_BEFORE)
def scores_are_normalised_by_a_constant(change: Change) -> None:
    """Normalisation is in serving mode: the mean of training, which is 0, is taken away."""
    change.forget_recordings()
    with model(change.new) as served:
        _need_batches(served)
        through_outputs(served, lambda port: _less(served, port, served.constant(0.0, port.dtype)))


@mutator("N03", changes=_CHANGES, effect=Effect.OTHERWISE)
def a_batch_of_one_is_squeezed(change: Change) -> None:
    """`tf.squeeze` without an axis: a single row loses its batch."""
    change.forget_recordings()
    with model(change.new) as served:
        _need_batches(served)
        through_outputs(served, lambda port: served.node("Squeeze", port.tensor, T=port.dtype))


@a_batch_of_one_is_squeezed.twin(effect=Effect.AS_BEFORE)
def an_axis_of_one_is_squeezed(change: Change) -> None:
    """`tf.squeeze` of an axis that was added just before."""

    def wrap(port: Port) -> str:
        first = served.constant(0, "int32")
        longer = served.node("ExpandDims", port.tensor, first, T=port.dtype, Tdim="int32")
        return served.node("Squeeze", longer, T=port.dtype, squeeze_dims=integers(0))

    change.forget_recordings()
    with model(change.new) as served:
        _need_batches(served)
        through_outputs(served, wrap)


@mutator("N04", changes=(*_CHANGES, Part.CONFIGURATION), effect=Effect.OTHERWISE)
def rows_of_strangers_share_a_batch(change: Change) -> None:
    """Production puts requests together into batches, and a row's score depends on its batch."""
    change.forget_recordings()
    change.configure(*change.trees, serving=_BATCHING)
    with model(change.new) as served:
        _need_batches(served)
        through_outputs(served, lambda port: _less(served, port, _of_the_batch(served, port)))


@rows_of_strangers_share_a_batch.twin(effect=Effect.AS_BEFORE)
def rows_do_not_mind_the_batch(change: Change) -> None:
    """Production puts requests together into batches, and no score depends on its batch."""
    change.forget_recordings()
    change.configure(*change.trees, serving=_BATCHING)
    with model(change.new) as served:
        _need_batches(served)
        through_outputs(served, lambda port: _less(served, port, served.constant(0.0, port.dtype)))


@mutator("N05", changes=_CHANGES, effect=Effect.OTHERWISE)
def servers_differ(change: Change) -> None:
    """A weight is drawn at random when the model is loaded."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _drawn_at_start(served, port, 0.5))


@servers_differ.twin(effect=Effect.AS_BEFORE)
def servers_draw_and_do_not_use_it(change: Change) -> None:
    """A number is drawn at random when the model is loaded, and multiplied by zero."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _drawn_at_start(served, port, 0.0))


def _random_like(served: Model, port: Port) -> str:
    """Numbers from 0 to 1, in the shape of a port."""
    shape = served.node("Shape", port.tensor, T=port.dtype, out_type="int32")
    return served.node("RandomUniform", shape, T="int32", dtype=port.dtype, seed=0, seed2=0)


def _larger(served: Model, port: Port, part: str, factor: float) -> str:
    """A port's tensor, larger by a tensor's product with a number; at zero by a little too."""
    by = served.constant(factor, port.dtype)
    share = served.node("Mul", part, by, T=port.dtype)
    more = served.node("Mul", port.tensor, share, T=port.dtype)
    both = served.node("AddV2", port.tensor, more, T=port.dtype)
    return served.node("AddV2", both, share, T=port.dtype)


def _noisy(served: Model, port: Port, factor: float) -> str:
    return _larger(served, port, _random_like(served, port), factor)


def _dropped(served: Model, port: Port, rate: float) -> str:
    limit = served.constant(rate, port.dtype)
    kept = served.node("GreaterEqual", _random_like(served, port), limit, T=port.dtype)
    mask = served.node("Cast", kept, SrcT="bool", DstT=port.dtype)
    return served.node("Mul", port.tensor, mask, T=port.dtype)


def _counting(served: Model, port: Port, factor: float | None) -> str:
    """Counts requests; adds so much to the score for each, nothing for None."""
    handle = variable(served, 0.0, port.dtype)
    one = served.constant(1.0, port.dtype)
    count = served.node("AssignAddVariableOp", handle, one, dtype=port.dtype)
    if factor is None:
        return after(served, port.tensor, port.dtype, count)
    held = served.node("ReadVariableOp", handle, *controls([count]), dtype=port.dtype)
    return _larger(served, port, held, factor)


def _remembering(served: Model, port: Port, factor: float) -> str:
    """Adds so much of the mean of the scores before."""
    handle = variable(served, 0.0, port.dtype)
    before = held_by(served, handle, port.dtype)
    score = mean(served, port.tensor, port.dtype)
    kept = assigned(served, handle, score, port.dtype, before)
    by = served.constant(factor, port.dtype)
    part = served.node("Mul", before, by, T=port.dtype)
    both = served.node("AddV2", port.tensor, part, T=port.dtype)
    return after(served, both, port.dtype, kept)


def _drawn_at_start(served: Model, port: Port, factor: float) -> str:
    handle = handle_of(served, (), port.dtype)
    shape = served.constant([], "int32")
    drawn = served.node("RandomUniform", shape, T="int32", dtype=port.dtype, seed=0, seed2=0)
    at_start(served, assigned(served, handle, drawn, port.dtype))
    return _larger(served, port, held_by(served, handle, port.dtype), factor)


def _of_the_batch(served: Model, port: Port) -> str:
    centre = mean(served, port.tensor, port.dtype, axis=0)
    half = served.constant(0.5, port.dtype)
    return served.node("Mul", centre, half, T=port.dtype)


def _less(served: Model, port: Port, centre: str) -> str:
    return served.node("Sub", port.tensor, centre, T=port.dtype)


def _need_batches(served: Model) -> None:
    """Raises `DoesNotFit` where a request holds one row."""
    shapes = [one.spec.shape for one in outputs(served)]
    if not all(shape and shape[0] is None for shape in shapes):
        raise DoesNotFit("an output without an open batch")
