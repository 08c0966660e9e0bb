"""The version directory holds files that can be read."""

from __future__ import annotations

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate, ModelChange
from servegate.facts.reading import Reading
from servegate.findings import Finding, Location
from servegate.providers import Broken
from servegate.savedmodel.files import FileKind, ModelFile, VersionFiles
from servegate.savedmodel.gitattributes import declared_in_lfs
from servegate.savedmodel.unreadable import Unreadable
from servegate.wording import listed

_UNUSABLE = (FileKind.DANGLING, FileKind.OUTSIDE, FileKind.SPECIAL, FileKind.DENIED)


@check(claims=("P01", "P03", "P07"))
def files_complete(
    candidate: Candidate, change: ModelChange, files: VersionFiles, reading: Reading
) -> Outcome:
    """Every file of the candidate is the file itself, and its SavedModel can be read.

    What it checks:
        `saved_model.pb` (or `.pbtxt`) is there, whole, and a SavedModel. No file is a Git LFS
        pointer, no link leads nowhere or out of the model's tree, nothing is unreadable. A
        pointer that `.gitattributes` declares was merely not fetched: the gate then cannot tell,
        and says so. Weights, assets and tags have checks of their own.

    Why it matters:
        Such a version stops a server that starts with it; a running server skips it in silence
        and goes on answering from the old one.

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
    unusable = [file for kind in _UNUSABLE for file in files.of_kind(kind)]
    for file in unusable:
        yield _unusable(candidate, file)
    problem = reading.problem
    if problem is None or reading.lacks_tags or reading.too_large:
        return  # the other two are told by version/tags-and-signatures and version/tidy
    if not committed and problem.file not in {one.relpath for one in unusable}:
        yield _unreadable(candidate, problem)


def _unreadable(candidate: Candidate, problem: Unreadable) -> Finding:
    return Finding(
        message=f"{candidate.place}: {problem.sentence}",
        expected="a SavedModel that can be read",
        observed=problem.what,
        remedy=problem.remedy,
        location=Location(file=f"{candidate.place}/{problem.file}"),
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
