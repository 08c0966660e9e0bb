"""Answers that are no numbers, or not the numbers that training computed."""

from __future__ import annotations

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import Port, through_outputs
from benchmarks.detection.registry import Effect, Part, mutator

_ANSWERS = (Part.MODEL, Part.EXAMPLES)


@mutator("F01", changes=_ANSWERS, effect=Effect.NOT_FINITE)
def scores_are_logarithms_of_zero(change: Change) -> None:
    """The logarithm of zero: every score is minus infinity."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _logarithm(served, port, factor=0.0, floor=0.0))


@scores_are_logarithms_of_zero.twin(effect=Effect.ANSWERS)
def logarithms_have_a_floor(change: Change) -> None:
    """The scores are logarithms, of nothing smaller than a floor."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _logarithm(served, port, factor=1.0, floor=1e-6))


@mutator("F01", changes=_ANSWERS, effect=Effect.NOT_FINITE)
def scores_are_divided_by_zero(change: Change) -> None:
    """The scores are divided by a deviation of zero."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _centred(served, port, 0.0))


@scores_are_divided_by_zero.twin(effect=Effect.ANSWERS)
def scores_are_divided_by_a_number(change: Change) -> None:
    """The scores are divided by a deviation of two."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _centred(served, port, 2.0))


@mutator("F02", changes={Part.MODEL}, effect=Effect.OTHERWISE)
def scores_are_of_half_precision(change: Change) -> None:
    """The scores pass bfloat16, as with mixed precision; training recorded them in full."""
    change.need_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _through(served, port, "bfloat16"))


@scores_are_of_half_precision.twin(effect=Effect.AS_BEFORE)
def scores_are_of_double_precision(change: Change) -> None:
    """The scores pass float64 inside the graph."""
    change.need_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _through(served, port, "float64"))


def _logarithm(served: Model, port: Port, factor: float, floor: float) -> str:
    size = served.node("Abs", port.tensor, T=port.dtype)
    by, limit = served.constant(factor, port.dtype), served.constant(floor, port.dtype)
    part = served.node("Mul", size, by, T=port.dtype)
    return served.node("Log", served.node("Maximum", part, limit, T=port.dtype), T=port.dtype)


def _centred(served: Model, port: Port, deviation: float) -> str:
    centre = served.constant(1e-3, port.dtype)
    apart = served.node("Sub", port.tensor, centre, T=port.dtype)
    by = served.constant(deviation, port.dtype)
    return served.node("RealDiv", apart, by, T=port.dtype)


def _through(served: Model, port: Port, dtype: str) -> str:
    other = served.node("Cast", port.tensor, SrcT=port.dtype, DstT=dtype)
    return served.node("Cast", other, SrcT=dtype, DstT=port.dtype)
