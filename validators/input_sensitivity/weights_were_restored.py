"""The weights are those that training left, as far as the numbers tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.weights import Weights
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import Absent, Later, NotApplicable
from servegate.savedmodel.bundle import INDEX, Entry
from servegate.savedmodel.shards import Values
from servegate.wording import count, listed

_REMEDY = (
    "Load the checkpoint of training before the export, and export again; then ask the exported "
    "model and the one in memory the same."
)
_MEAN = re.compile(r"moving_mean|running_mean")
_VARIANCE = re.compile(r"moving_var(iance)?|running_var")


@check(claims=("G05", "G06", "G09"))
def weights_were_restored(
    candidate: Candidate,
    weights: Weights,
    baseline_weights: Later[Weights],
    baseline_weight_values: Later[Mapping[str, Values]],
) -> Outcome:
    """The served weights have been trained, and are what the checkpoint holds.

    What it checks:
        The numbers of all weights of rank two and more that a signature uses: when every one of
        these tensors is one number throughout, or holds none, the candidate fails; so it does
        when a single one holds no number at all. Zero biases, frozen ones and pruned layers
        beside others pass. The statistics of batch normalisation: all means 0 and all variances
        1 are what they start with, which fails where the base version's had moved and is
        advisory elsewhere. And whether what the loader runs at the end writes over variables
        that it has just restored, which fails unless the base version does so too.

    Why it matters:
        An export whose checkpoint was never loaded answers like a model: every shape is right,
        and every request is answered.

    Remedy:
        Load the checkpoint before the export. Take the initialisers of trained variables out of
        what is run after the restore.
    """
    yield from _overwritten(candidate, weights, baseline_weights)
    kernels = [one for one in _used(weights) if len(one.shape) > 1 and _size(one) > 1]
    if not kernels:
        raise NotApplicable("No signature uses a variable of rank two and more.")
    values = {one.name: weights.values[one.name] for one in kernels}
    if all(one.constant for one in values.values()):
        yield _constant(candidate, values, baseline_weight_values)
    elif empty := [name for name, one in values.items() if not one.numbers]:
        yield _without_numbers(candidate, empty)
    elif broken := [name for name, one in values.items() if not one.finite]:
        yield _without_numbers(candidate, broken, Severity.ADVISORY)
    yield from _initial(candidate, weights, baseline_weight_values)
    yield Remark(message=f"{count(len(kernels), 'tensor')} of rank two and more looked at.")


def _used(weights: Weights) -> Sequence[Entry]:
    """The tensors of floats that go into variables which a signature uses, as far as read."""
    if weights.bundle is None or weights.wanted is None:
        return ()
    served = {*weights.needed, *weights.overwritten}
    names = {one.name for one in weights.wanted if one.variable in served}
    return [
        one for one in weights.bundle.tensors if one.name in names and one.name in weights.values
    ]


def _size(entry: Entry) -> int:
    size = 1
    for one in entry.shape:
        size *= one
    return size


def _overwritten(
    candidate: Candidate, weights: Weights, baseline_weights: Later[Weights]
) -> Iterator[Finding]:
    if not weights.overwritten:
        return
    try:
        before = set(baseline_weights().overwritten)
    except Absent:
        before = set()
    new = [name for name in weights.overwritten if name not in before]
    names = listed(map(repr, new or weights.overwritten), most=3)
    yield Finding(
        message=f"{names}: restored from the checkpoint, and then written again by what the "
        "loader runs at the end (`main_op`, the initialisers). Production answers with the initial "
        "values." + ("" if new else " The base version does so too."),
        expected="initialisers of tables alone, once the variables are restored",
        observed=f"initialisers that write {names}",
        remedy="Take `global_variables_initializer` out of `main_op` or `legacy_init_op`, or give "
        "the initialisation a condition outside the graph.",
        location=Location(file=candidate.place),
        severity=None if new else Severity.ADVISORY,
        evidence={"variables": list(weights.overwritten[:100])},
    )


def _constant(
    candidate: Candidate,
    values: Mapping[str, Values],
    baseline: Later[Mapping[str, Values]],
) -> Finding:
    inherited = _is_inherited(values, baseline)
    shown = [f"{name} is {one.first:g} throughout" for name, one in values.items()]
    return Finding(
        message="All weights of rank two and more that the signatures use are one number each: "
        f"{listed(shown, most=3)}." + (" The base version's are the same." if inherited else ""),
        expected="weights that training has moved",
        observed=listed(shown, most=3),
        remedy=_REMEDY,
        location=Location(file=f"{candidate.place}/{INDEX}"),
        severity=Severity.ADVISORY if inherited else None,
        evidence={"tensors": list(values)[:100]},
    )


def _is_inherited(values: Mapping[str, Values], baseline: Later[Mapping[str, Values]]) -> bool:
    try:
        before = baseline()
    except Absent:
        return False
    return all(name in before and before[name].constant for name in values)


def _without_numbers(
    candidate: Candidate, names: Sequence[str], severity: Severity | None = None
) -> Finding:
    what = "holds no number at all" if severity is None else "holds NaN or infinity"
    return Finding(
        message=f"{listed(names, most=3)} {what}: training diverged, or the weights were never "
        "restored.",
        expected="numbers",
        observed=f"NaN or infinity in {count(len(names), 'tensor')}",
        remedy="Export a checkpoint from before the loss became NaN.",
        location=Location(file=f"{candidate.place}/{INDEX}"),
        severity=severity,
        evidence={"tensors": list(names[:100])},
    )


def _initial(
    candidate: Candidate, weights: Weights, baseline: Later[Mapping[str, Values]]
) -> Iterator[Finding]:
    """Batch normalisation with the statistics that it starts with."""
    used = [one.name for one in _used(weights)]
    if not _are_initial(used, weights.values):
        return
    try:
        before = baseline()
        moved = any(map(_MEAN.search, before)) and not _are_initial(list(before), before)
    except Absent:
        moved = False
    statistics = [name for name in used if _MEAN.search(name) or _VARIANCE.search(name)]
    yield Finding(
        message=f"Batch normalisation has the statistics that it starts with, mean 0 and variance "
        f"1, in {listed(statistics, most=2)}"
        + ("; the base version's had moved." if moved else "."),
        expected="the mean and the variance of what the layer saw in training",
        observed="all means are 0, and all variances are 1",
        remedy="Train with `training=True`, run the update ops of TensorFlow 1 "
        "(`GraphKeys.UPDATE_OPS`), and export after that.",
        location=Location(file=f"{candidate.place}/{INDEX}"),
        severity=None if moved else Severity.ADVISORY,
        evidence={"tensors": statistics[:100]},
    )


def _are_initial(names: Sequence[str], values: Mapping[str, Values]) -> bool:
    means = [values[name] for name in names if _MEAN.search(name)]
    variances = [values[name] for name in names if _VARIANCE.search(name)]
    return bool(means and variances) and all(
        one.constant and one.first == number
        for group, number in ((means, 0.0), (variances, 1.0))
        for one in group
    )
