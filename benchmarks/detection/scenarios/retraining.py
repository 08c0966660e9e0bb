"""Training again."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.weights import Floats, change_floats, read_weights, weights
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.recordings import record_answers
from benchmarks.detection.registry import Effect, Part, scenario

_WEIGHTS = (Part.WEIGHTS, Part.EXAMPLES)


@scenario("H01", changes=_WEIGHTS, effect=Effect.OTHERWISE)
def new_weights(change: Change) -> None:
    """Retrained: new weights, same everything; the recordings of the old version stay."""
    change.forget_recordings()
    change_floats(change.new, lambda values: values * 0.96875)


@scenario("H01", changes=(*_WEIGHTS, Part.FILES), effect=Effect.OTHERWISE)
def new_weights_with_recordings(change: Change) -> None:
    """Retrained, with recordings of the new answers beside the model and of the old elsewhere."""
    change.forget_recordings()
    change_floats(change.new, lambda values: values * 0.96875)
    record_answers(change)


def _from_the_old(change: Change, function: Callable[[Floats], Floats]) -> None:
    """The candidate is production's model with other weights."""
    change.forget_recordings()
    if not (change.old / "variables").is_dir():
        raise DoesNotFit("the model has no variables")
    shutil.rmtree(change.new)
    shutil.copytree(change.old, change.new)
    change_floats(change.new, function)


@scenario("H19", changes=tuple(Part), effect=Effect.ANSWERS)
def weights_in_half_precision(change: Change) -> None:
    """Production's model with weights rounded to half precision."""
    _from_the_old(change, lambda values: values.astype(np.float16))


@scenario("H19", changes=tuple(Part), effect=Effect.ANSWERS)
def weights_of_eight_bits(change: Change) -> None:
    """Production's model with weights rounded to 255 steps."""

    def rounded(values: Floats) -> Floats:
        step = np.abs(values).max(initial=0.0) / 127
        return np.asarray(np.round(values / step) * step) if step else values

    _from_the_old(change, rounded)


@scenario("H19", changes=tuple(Part), effect=Effect.ANSWERS)
def a_third_of_the_weights_pruned(change: Change) -> None:
    """Production's model without the smallest third of each matrix."""

    def pruned(values: Floats) -> Floats:
        if values.ndim < 2:
            return values
        return np.where(np.abs(values) < np.quantile(np.abs(values), 1 / 3), 0.0, values)

    _from_the_old(change, pruned)


@scenario("H21", changes=_WEIGHTS, effect=Effect.ANSWERS)
def zero_biases(change: Change) -> None:
    """Retrained without biases: they are all zero, as they were before training."""
    change.forget_recordings()
    with weights(change.new) as held:
        floats = [one for one in held if one.floating]
        biases = [one for one in floats if one.values.ndim == 1 and np.any(one.values)]
        if not biases or all(one.values.ndim < 2 for one in floats):
            raise DoesNotFit("no biases beside matrices")
        for one in biases:
            if "bias" in one.name.lower() or "beta" in one.name.lower():
                one.values = np.zeros_like(one.values)
    _moved(change)


@scenario("H21", changes=_WEIGHTS, effect=Effect.ANSWERS)
def the_first_layer_is_frozen(change: Change) -> None:
    """Only the last layers were trained further: the largest matrix is production's."""
    change.forget_recordings()
    old = {one.name: one.values for one in read_weights(change.old)}
    with weights(change.new) as held:
        matrices = [one for one in held if one.floating and one.values.ndim > 1]
        if len(matrices) < 2:
            raise DoesNotFit("no two matrices")
        largest = max(matrices, key=lambda one: one.values.size)
        if largest.name not in old or old[largest.name].shape != largest.values.shape:
            raise DoesNotFit("production's model has other layers")
        largest.values = old[largest.name]
    _moved(change)


def _moved(change: Change) -> None:
    """Raises `DoesNotFit` where the edit left the weights as the healthy change has them."""
    healthy = change.origin.head / change.origin.path / change.origin.new
    pairs = zip(read_weights(healthy), read_weights(change.new), strict=True)
    if all(np.array_equal(one.values, other.values) for one, other in pairs):
        raise DoesNotFit("the weights were so before")
