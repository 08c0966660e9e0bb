"""The version directory holds everything that a server has to read."""

from __future__ import annotations

from collections.abc import Iterator

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate, ModelChange
from servegate.facts.reading import Reading
from servegate.findings import Finding, Location
from servegate.graph.body import BrokenGraph
from servegate.graph.weights import needed_variables
from servegate.providers import Broken
from servegate.savedmodel.assets import asset_problems
from servegate.savedmodel.bundle import INDEX, read_bundle, shard_problems
from servegate.savedmodel.files import FileKind, ModelFile, VersionFiles
from servegate.savedmodel.gitattributes import declared_in_lfs
from servegate.savedmodel.reader import SavedModel
from servegate.savedmodel.unreadable import Unreadable
from servegate.wording import listed

_UNUSABLE = (FileKind.DANGLING, FileKind.OUTSIDE, FileKind.SPECIAL, FileKind.DENIED)


@check(claims=("P01", "P02", "P03", "P04", "P07", "P08"))
def files_complete(
    candidate: Candidate, change: ModelChange, files: VersionFiles, reading: Reading
) -> Outcome:
    """Every file of the candidate is there and is what it should be.

    What it checks:
        `saved_model.pb` (or `.pbtxt`) can be read and has a graph for serving; the weights that
        the graph restores have an index, all shards, and shards of the size that the index
        promises; every asset exists; no file is a Git LFS pointer; no link leads nowhere or out
        of the model's tree. A pointer that `.gitattributes` declares was merely not fetched: the
        gate then cannot tell, and says so.

    Why it matters:
        TF Serving loads a model whose `variables/` was never committed, reports it AVAILABLE,
        and fails every request. Everything else stops the server or leaves the old version up.

    Remedy:
        Commit the whole version directory as it was exported. For LFS: `git lfs pull`, and
        `lfs: true` at actions/checkout.
    """
    pointers = files.of_kind(FileKind.POINTER)
    declared = declared_in_lfs(
        change.root, (f"{candidate.place}/{one.relpath}" for one in pointers)
    )
    committed = [one for one in pointers if f"{candidate.place}/{one.relpath}" not in declared]
    if declared and not committed:
        raise Broken(
            f"{len(declared)} of the candidate's files are Git LFS pointers whose content was not "
            f"fetched: {listed(sorted(declared))}.",
            remedy="Set `lfs: true` at actions/checkout, or run `git lfs pull`.",
        )
    for pointer in committed:
        yield _pointer(candidate, pointer)
    for kind in _UNUSABLE:
        for file in files.of_kind(kind):
            yield _unusable(candidate, file)
    if not committed:
        yield from _contents(candidate, change, reading)


def _contents(candidate: Candidate, change: ModelChange, reading: Reading) -> Iterator[Finding]:
    if reading.problem is not None:
        yield _problem(candidate, reading.problem)
    if reading.model is None:
        return
    for problem in asset_problems(reading.model, within=change.root / change.path):
        yield _problem(candidate, problem)
    yield from _weights(candidate, change, reading, reading.model)


def _weights(
    candidate: Candidate, change: ModelChange, reading: Reading, model: SavedModel
) -> Iterator[Finding]:
    tree = change.root / change.path
    if not (candidate.root / INDEX).exists():
        wanted = _needed(reading, model)
        if wanted:
            yield _weightless(candidate, wanted)
        return
    try:
        bundle = read_bundle(candidate.root, within=tree)
    except Unreadable as problem:
        yield _problem(candidate, problem)
        return
    for fault in shard_problems(bundle, candidate.root, within=tree):
        yield _problem(candidate, fault)


def _needed(reading: Reading, model: SavedModel) -> tuple[str, ...]:
    if reading.graph is None:
        return ()
    try:
        return tuple(one.name for one in needed_variables(reading.graph, model))
    except BrokenGraph:
        return ()  # input_sensitivity/depends-on-input tells what contradicts itself


def _weightless(candidate: Candidate, wanted: tuple[str, ...]) -> Finding:
    return Finding(
        message=f"The weights are missing: {candidate.place}/{INDEX} is not there, and the graph "
        f"restores {len(wanted)} variables. TF Serving would report the model AVAILABLE and fail "
        "every request.",
        expected=f"{INDEX} and its shards, with {listed(wanted, most=3)}",
        observed="no variables/variables.index",
        remedy="Commit the directory variables/ as it was exported; look whether .gitignore "
        "names it.",
        location=Location(file=f"{candidate.place}/{INDEX}"),
    )


def _pointer(candidate: Candidate, file: ModelFile) -> Finding:
    return Finding(
        message=f"{candidate.place}/{file.relpath} is a Git LFS pointer: the content was never "
        "committed.",
        expected="the file itself",
        observed=f"a pointer of {file.size} bytes, which no .gitattributes declares",
        remedy="Commit the file itself, or declare it: `git lfs track`, then add .gitattributes.",
        location=Location(file=f"{candidate.place}/{file.relpath}"),
    )


def _unusable(candidate: Candidate, file: ModelFile) -> Finding:
    return Finding(
        message=f"{candidate.place}/{file.relpath} cannot be used: {file.kind.value}.",
        expected="a regular file inside the model's tree",
        observed=str(file.kind.value),
        remedy="Commit the file itself in its place.",
        location=Location(file=f"{candidate.place}/{file.relpath}"),
    )


def _problem(candidate: Candidate, problem: Unreadable) -> Finding:
    return Finding(
        message=f"{candidate.place}: {problem.sentence}",
        expected="a complete SavedModel",
        observed=problem.what,
        remedy=problem.remedy,
        location=Location(file=f"{candidate.place}/{problem.file}"),
    )
