"""Weights that are not the ones that training has left."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Callable

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.weights import (
    Floats,
    Weight,
    change_floats,
    read_weights,
    weights,
)
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator

Move = Callable[[Floats], Floats]

_CHANGES = (Part.WEIGHTS, Part.EXAMPLES)
# What training alone reads: optimizers' slots, metrics.
_OF_TRAINING = ("optimizer", "/Adam", "/Adagrad", "metrics/", "beta1_power", "beta2_power")
_NORMALISATION = ("moving_mean", "moving_variance", "gamma", "beta", "batchnorm")


@mutator("G05", changes=_CHANGES, effect=Effect.CONSTANT_SCORES)
def kernels_are_zero(change: Change) -> None:
    """All matrices of weights are zero."""
    change.forget_recordings()
    _change_kernels(change, np.zeros_like)


@kernels_are_zero.twin(effect=Effect.ANSWERS)
def kernels_are_pruned(change: Change) -> None:
    """The smaller half of every matrix of weights is zero, as pruning leaves it."""
    change.forget_recordings()
    _change_kernels(change, lambda values: _without_small_ones(values, 0.5))


@mutator("G05", changes=_CHANGES, effect=Effect.ANSWERS)
def weights_are_all_alike(change: Change) -> None:
    """All weights are 0.1: the constant initialiser of a tutorial."""
    change.forget_recordings()
    change_floats(change.new, lambda values: np.full_like(values, 0.1))


@weights_are_all_alike.twin(effect=Effect.ANSWERS)
def biases_are_all_alike(change: Change) -> None:
    """All biases are 0.1: training has not moved them."""
    change.forget_recordings()
    _change_biases(change, lambda values: np.full_like(values, 0.1))


@mutator("G05", changes={Part.WEIGHTS}, effect=Effect.OTHERWISE)
def weights_are_untrained(change: Change) -> None:
    """The weights are those of a fresh initialisation: training was never loaded."""
    change.need_recordings()
    random = np.random.default_rng(1)
    _change_kernels(change, lambda values: random.normal(0, _spread(values), values.shape))
    _change_biases(change, np.zeros_like)


@weights_are_untrained.twin(effect=Effect.ANSWERS, changes=_CHANGES)
def biases_are_zero(change: Change) -> None:
    """All biases are zero, and the answers of this version are not recorded."""
    change.forget_recordings()
    _change_biases(change, np.zeros_like)


@mutator("G05", changes=_CHANGES, effect=Effect.NOT_FINITE)
def weights_are_not_numbers(change: Change) -> None:
    """All matrices of weights are NaN: training diverged."""
    change.forget_recordings()
    _change_kernels(change, lambda values: np.full_like(values, np.nan))


@weights_are_not_numbers.twin(effect=Effect.AS_BEFORE)
def slots_are_not_numbers(change: Change) -> None:
    """What the optimizer and the metrics left in the checkpoint is NaN; serving never reads it."""
    change.forget_recordings()
    with weights(change.new) as held:
        left = [one for one in held if one.floating and _is_of_training(one)]
        if not left:
            raise DoesNotFit("the checkpoint holds what is served and nothing else")
        for one in left:
            one.values = np.full_like(one.values, np.nan)


@mutator("G07", changes=_CHANGES, effect=Effect.CONSTANT_SCORES)
def activations_are_saturated(change: Change) -> None:
    """Biases of minus a million: units are dead, and sigmoids are at their end."""
    change.forget_recordings()
    _change_biases(change, lambda values: np.full_like(values, -1e6))


@activations_are_saturated.twin(effect=Effect.ANSWERS)
def biases_are_a_little_lower(change: Change) -> None:
    """Biases are 0.01 lower."""
    change.forget_recordings()
    _change_biases(change, lambda values: values - np.asarray(0.01, values.dtype))


@mutator("G09", changes=_CHANGES, effect=Effect.OTHERWISE)
def statistics_are_initial(change: Change) -> None:
    """Batch normalisation has the statistics that it starts with: mean 0, variance 1."""
    change.forget_recordings()
    _change_statistics(change, initial=True)


@statistics_are_initial.twin(effect=Effect.ANSWERS)
def statistics_have_moved(change: Change) -> None:
    """Batch normalisation has seen a little more data."""
    change.forget_recordings()
    _change_statistics(change, initial=False)


@mutator("G12", changes={Part.WEIGHTS}, effect=Effect.OTHERWISE)
def weights_are_those_of_the_version_before(change: Change) -> None:
    """The weights are those of the version before: the export took the wrong checkpoint."""
    change.need_recordings()
    _need_same_variables(change)
    _copy_weights(change)


@weights_are_those_of_the_version_before.twin(effect=Effect.ANSWERS, changes=_CHANGES)
def weights_are_retrained(change: Change) -> None:
    """The weights have moved, and the recordings are those of the version before."""
    change.forget_recordings()
    _need_same_variables(change)
    change_floats(change.new, lambda values: values * 0.96875)


@mutator("G12", changes={Part.WEIGHTS}, effect=Effect.OTHERWISE)
def weights_are_of_an_old_epoch(change: Change) -> None:
    """The weights are half way between those of the version before and the right ones."""
    change.need_recordings()
    _go_half_way(change)


@weights_are_of_an_old_epoch.twin(effect=Effect.ANSWERS, changes=_CHANGES)
def weights_are_averaged(change: Change) -> None:
    """The weights are an average of two versions, and nobody has recorded other answers."""
    change.forget_recordings()
    _go_half_way(change)


@mutator("F03", changes=_CHANGES, effect=Effect.OTHERWISE)
def weights_are_of_two_bits(change: Change) -> None:
    """Quantisation has ruined the weights: every matrix holds three values."""
    change.forget_recordings()
    _change_kernels(change, lambda values: _quantised(values, 1))


@weights_are_of_two_bits.twin(effect=Effect.ANSWERS)
def weights_are_of_half_precision(change: Change) -> None:
    """The matrices of weights were rounded to float16."""
    change.forget_recordings()
    _change_kernels(change, lambda values: values.astype(np.float16))


def _is_of_training(weight: Weight) -> bool:
    return any(text in weight.name for text in _OF_TRAINING)


def _change_kernels(change: Change, function: Move) -> None:
    """Changes the matrices that are served. Raises `DoesNotFit` where that moves none."""
    with weights(change.new) as held:
        moved = False
        for one in held:
            if one.floating and one.values.ndim > 1 and not _is_of_training(one):
                after = function(one.floats).astype(one.values.dtype)
                moved = moved or not np.array_equal(after, one.values)
                one.values = after
        if not moved:
            raise DoesNotFit("no matrix of weights would be moved by this")


def _change_biases(change: Change, function: Move) -> None:
    """Changes what is added behind a matrix: as long as the last axis of one, and no statistic."""
    with weights(change.new) as held:
        served = [one for one in held if one.floating and not _is_of_training(one)]
        widths = {one.values.shape[-1] for one in served if one.values.ndim > 1}
        biases = [one for one in served if _is_bias(one, widths)]
        if not biases:
            raise DoesNotFit("no weight is a bias")
        for one in biases:
            one.values = function(one.floats)


def _is_bias(weight: Weight, widths: set[int]) -> bool:
    normalises = any(text in weight.name for text in _NORMALISATION)
    return weight.values.ndim == 1 and weight.values.shape[0] in widths and not normalises


def _without_small_ones(values: Floats, share: float) -> Floats:
    limit = np.quantile(np.abs(values), share)
    return np.where(np.abs(values) < limit, np.zeros_like(values), values)


def _spread(values: Floats) -> float:
    """The deviation of Glorot's initialiser."""
    return float(np.sqrt(2.0 / (values.shape[-1] + values.shape[-2])))


def _change_statistics(change: Change, *, initial: bool) -> None:
    with weights(change.new) as held:
        means = [one for one in held if "moving_mean" in one.name]
        variances = [one for one in held if "moving_variance" in one.name]
        if not means or not variances:
            raise DoesNotFit("nothing normalises batches")
        for one, value in [*((one, 0) for one in means), *((one, 1) for one in variances)]:
            one.values = np.full_like(one.values, value) if initial else one.floats * 1.01


def _need_same_variables(change: Change) -> None:
    before, after = (
        [(one.name, one.values.shape) for one in read_weights(version)]
        for version in (change.old, change.new)
    )
    if before != after:
        raise DoesNotFit("the version before has other variables")


def _copy_weights(change: Change) -> None:
    for file in (change.old / "variables").iterdir():
        other = change.new / "variables" / file.name
        if file.name.endswith(".index") or not filecmp.cmp(file, other, shallow=False):
            shutil.copyfile(file, other)


def _go_half_way(change: Change) -> None:
    _need_same_variables(change)
    olds = {one.name: one.floats for one in read_weights(change.old) if one.floating}
    with weights(change.new) as held:
        for one in held:
            if one.floating:
                one.values = (one.floats + olds[one.name]) / 2


def _quantised(values: Floats, levels: int) -> Floats:
    """Symmetric quantisation of the whole tensor: so many steps up and down from zero."""
    step = float(np.abs(values).max(initial=0.0)) / levels
    return np.round(values / step) * step if step else values
