"""The weights of the candidate and of the base version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from servegate.facts.change import Baseline, Candidate, ModelChange
from servegate.facts.reading import Reading
from servegate.facts.weights import Weights
from servegate.graph.body import BrokenGraph
from servegate.graph.dependence import ModelGraph
from servegate.graph.misfits import misfits
from servegate.graph.restoring import Wanted, wanted_tensors
from servegate.graph.weights import initialised_variables, needed_variables
from servegate.providers import Absent, Later, NotApplicable, Stage, provides
from servegate.savedmodel.bundle import INDEX, Bundle, read_bundle, shard_problems
from servegate.savedmodel.exports import mixture
from servegate.savedmodel.reader import SavedModel
from servegate.savedmodel.shards import TensorRead, Values, read_tensors
from servegate.savedmodel.unreadable import Unreadable


@provides(stage=Stage.FILES)
def weights(
    candidate: Candidate,
    change: ModelChange,
    reading: Reading,
    saved_model: SavedModel,
    baseline: Later[Baseline],
) -> Weights:
    """Reads all of them once: a checksum is known only of bytes that were read."""
    tree = change.root / change.path
    needed = _needed(reading.graph, saved_model)
    if not (candidate.root / INDEX).exists():
        return Weights(present=False, needed=needed)
    try:
        bundle = read_bundle(candidate.root, within=tree)
    except Unreadable as problem:
        return Weights(present=True, needed=needed, problems=(problem,))
    wanted = _wanted(reading.graph, saved_model)
    read = tuple(read_tensors(bundle, candidate.root, within=tree))
    others = _other_versions(candidate, change, baseline)
    return Weights(
        present=True,
        needed=needed,
        bundle=bundle,
        problems=shard_problems(bundle, candidate.root, within=tree),
        corrupt=tuple(one.entry for one in read if not one.intact),
        values=_values(read),
        wanted=wanted,
        overwritten=_overwritten(reading.graph, saved_model, wanted),
        misfits=misfits(wanted or (), bundle),
        mixture=mixture(candidate.root, others, within=tree),
    )


@provides(stage=Stage.FILES)
def baseline_weights(baseline: Baseline, baseline_saved_model: SavedModel) -> Weights:
    """The base version's, without the bytes, which are not in the clone where Git LFS has them."""
    bundle = _bundle(baseline.root)
    graph = _graph(baseline_saved_model)
    wanted = _wanted(graph, baseline_saved_model)
    return Weights(
        present=bundle is not None,
        bundle=bundle,
        wanted=wanted,
        overwritten=_overwritten(graph, baseline_saved_model, wanted),
        misfits=misfits(wanted or (), bundle) if bundle else (),
    )


@provides(stage=Stage.FILES)
def baseline_weight_values(baseline: Baseline, baseline_weights: Weights) -> Mapping[str, Values]:
    """What varies in the base version's weights, by name; read only where a check asks for it."""
    if baseline_weights.bundle is None:
        raise NotApplicable(f"The base version {baseline.version} has no weights in variables/.")
    return _values(read_tensors(baseline_weights.bundle, baseline.root))


def _values(read: Iterable[TensorRead]) -> Mapping[str, Values]:
    return {one.entry.name: one.values for one in read if one.values is not None}


def _bundle(directory: Path) -> Bundle | None:
    try:
        return read_bundle(directory)
    except Unreadable:
        return None


def _graph(model: SavedModel) -> ModelGraph | None:
    try:
        return ModelGraph(model.meta_graph)
    except BrokenGraph:
        return None


def _needed(graph: ModelGraph | None, model: SavedModel) -> tuple[str, ...]:
    """Nothing is known of a graph that contradicts itself, which another check tells."""
    if graph is None:
        return ()
    try:
        return tuple(one.name for one in needed_variables(graph, model))
    except BrokenGraph:
        return ()


def _wanted(graph: ModelGraph | None, model: SavedModel) -> tuple[Wanted, ...] | None:
    if graph is None:
        return None
    try:
        return wanted_tensors(graph, model)
    except BrokenGraph:
        return None


def _overwritten(
    graph: ModelGraph | None, model: SavedModel, wanted: Sequence[Wanted] | None
) -> tuple[str, ...]:
    """The restored variables that the initialisers write as well."""
    if graph is None or wanted is None:
        return ()
    restored = {one.variable for one in wanted if one.variable}
    try:
        written = [one.name for one in initialised_variables(graph, model)]
    except BrokenGraph:
        return ()
    return tuple(name for name in written if name in restored)


def _other_versions(
    candidate: Candidate, change: ModelChange, baseline: Later[Baseline]
) -> Iterator[Path]:
    """The other versions of the model, in the working tree and then in production."""
    for child in change.children:
        root = change.root / change.path / child.name
        if child.holds_model and root != candidate.root and root.is_dir():
            yield root
    try:
        yield baseline().root
    except Absent:
        return
