"""Inspecting one version directory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from servegate.graph.body import BrokenGraph
from servegate.graph.dependence import ModelGraph
from servegate.graph.ops import is_registered
from servegate.graph.weights import needed_variables
from servegate.inspection.model import (
    AssetFile,
    Contract,
    OpCount,
    VersionInspection,
    Weights,
)
from servegate.savedmodel.assets import FOLDER, asset_problems
from servegate.savedmodel.bundle import read_bundle, shard_problems
from servegate.savedmodel.files import FileKind, VersionFiles, read_files
from servegate.savedmodel.fingerprint import read_fingerprint
from servegate.savedmodel.reader import SavedModel, read
from servegate.savedmodel.signatures import Signature
from servegate.savedmodel.unreadable import Fault, Unreadable
from servegate.savedmodel.warmup import read_warmup

T = TypeVar("T")


_REMARKABLE = tuple(one for one in FileKind if one is not FileKind.REGULAR)
_VARIABLES_NAMED = 5
_FOREIGN = "not an op of TensorFlow itself"


class _Problems:
    """Collects what goes wrong, each sentence once."""

    def __init__(self) -> None:
        self.found: dict[str, None] = {}

    def attempt(self, step: Callable[[], T]) -> T | None:
        """The result of a step, or None and its problems."""
        try:
            return step()
        except Unreadable as problem:
            self.say(str(problem))
        except BrokenGraph as broken:
            for sentence in broken.problems:
                self.say(sentence)
        return None

    def say(self, sentence: str) -> None:
        """One more problem."""
        self.found[sentence] = None


def inspect_version(
    directory: Path, *, name: str, version: int | None, served: bool | None
) -> VersionInspection:
    """Everything that a version directory's files say; unreadable parts become problems."""
    problems = _Problems()
    found = VersionInspection(directory=name, version=version, served=served)
    files = problems.attempt(lambda: read_files(directory))
    if files is not None:
        found = _with_files(found, files, problems)
        model = problems.attempt(lambda: read(directory))
        found = _with_model(found, model, problems) if model else found
        found = replace(found, assets=_assets(files, model))
    return replace(found, problems=tuple(problems.found))


def _with_files(
    found: VersionInspection, files: VersionFiles, problems: _Problems
) -> VersionInspection:
    for kind in _REMARKABLE:
        for one in files.of_kind(kind):
            problems.say(f"{one.relpath} is a {kind.value}.")
    directory = files.directory
    warmup = problems.attempt(lambda: read_warmup(directory))
    return replace(
        found,
        files=len(files.files),
        size=files.size,
        fingerprint=problems.attempt(lambda: read_fingerprint(directory)),
        warmup=tuple(sorted(warmup.kinds.items())) if warmup else (),
    )


def _with_model(
    found: VersionInspection, model: SavedModel, problems: _Problems
) -> VersionInspection:
    if model.shadowed:
        problems.say(f"{model.shadowed} is not read by TF Serving: {model.file} is there too.")
    for problem in asset_problems(model):
        problems.say(str(problem))
    graph = problems.attempt(lambda: ModelGraph(model.meta_graph))
    contracts = tuple(_contract(one, graph, problems) for one in model.signatures)
    return replace(
        found,
        file=model.file,
        tensorflow_version=model.tensorflow_version,
        tag_sets=model.tag_sets,
        contracts=contracts,
        ops=_ops(model, contracts),
        functions=len(model.meta_graph.graph_def.library.function),
        weights=_weights(model, graph, problems),
    )


def _contract(signature: Signature, graph: ModelGraph | None, problems: _Problems) -> Contract:
    found = problems.attempt(lambda: graph.dependence(signature)) if graph else None
    return Contract(signature=signature, dependence=found)


def _ops(model: SavedModel, contracts: tuple[Contract, ...]) -> tuple[OpCount, ...]:
    """All ops, the most frequent first; what a signature draws on is remarked on."""
    remarks = {
        source.op: source.source.value
        for contract in contracts
        for output in (contract.dependence.outputs if contract.dependence else ())
        for source in output.sources
    }
    functions = {one.signature.name for one in model.meta_graph.graph_def.library.function}
    counts = {op: count for op, count in model.ops().items() if op not in functions}
    return tuple(
        OpCount(op=op, count=count, remark=remarks.get(op, "") if is_registered(op) else _FOREIGN)
        for op, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def _weights(model: SavedModel, graph: ModelGraph | None, problems: _Problems) -> Weights | None:
    try:
        bundle = read_bundle(model.directory)
    except Unreadable as problem:
        _without_bundle(problem, model, graph, problems)
        return None
    for wrong in shard_problems(bundle, model.directory):
        problems.say(str(wrong))
    return Weights(tensors=len(bundle.tensors), size=bundle.size, shards=bundle.shards)


def _without_bundle(
    problem: Unreadable, model: SavedModel, graph: ModelGraph | None, problems: _Problems
) -> None:
    """That there is no checkpoint is a problem only where the graph needs one."""
    if problem.fault is not Fault.MISSING:
        problems.say(str(problem))
    needed = problems.attempt(lambda: needed_variables(graph, model)) if graph else None
    if needed and problem.fault is Fault.MISSING:
        names = ", ".join(one.name for one in needed[:_VARIABLES_NAMED])
        more = ", …" if len(needed) > _VARIABLES_NAMED else ""
        what = f"The graph needs {len(needed)} variables from it: {names}{more}."
        problems.say(f"{problem.sentence} {what}")


def _assets(files: VersionFiles, model: SavedModel | None) -> tuple[AssetFile, ...]:
    """The files of `assets/`, and those that the graph names and that are not there."""
    named = {asset.filename for asset in model.assets} if model else set()
    prefix = f"{FOLDER}/"
    there = {
        one.relpath.removeprefix(prefix): one.size
        for one in files.files
        if one.relpath.startswith(prefix)
    }
    return tuple(
        AssetFile(name=name, size=there.get(name), named=name in named)
        for name in sorted(named | there.keys())
    )
