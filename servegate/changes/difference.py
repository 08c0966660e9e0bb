"""The files of base and head: one `git diff` of the base commit against the working tree.

Head is the working tree, with what is not committed yet: that is what would be merged, or what
an earlier step of the job has downloaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from servegate.changes.git import Git
from servegate.changes.lfs_store import is_content
from servegate.changes.objects import Objects, blob_sizes, open_objects
from servegate.changes.paths import by_base_path
from servegate.changes.working_tree import (
    files_below,
    git_blob,
    git_mode,
    versions_outside_git,
)
from servegate.savedmodel.lfs import MAX_POINTER, parse_pointer

_LINK = "120000"
_SUBMODULE = "160000"
_ABSENT = "000000"


class File(NamedTuple):
    """A file as git records it: its mode and the id of its content.

    `blob` is None for content that is on disk alone and differs from the base.
    """

    mode: str
    blob: str | None

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.mode == _LINK

    @property
    def is_submodule(self) -> bool:
        """Whether it is another repository's commit."""
        return self.mode == _SUBMODULE

    def same_content(self, other: File) -> bool:
        """Whether both hold the same; the x bit means nothing to a model server."""
        return self.blob == other.blob and self.is_link == other.is_link


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All files of both sides by their path, and those paths whose content differs.

    `base_known` is False where there is nothing to compare with; `base` and `changed` are then
    empty. `outside` are the files of head that git ignores and the configuration asks for.
    """

    root: Path
    base_known: bool = False
    base: Mapping[str, File] = field(default_factory=dict)
    head: Mapping[str, File]
    changed: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()


class _Row(NamedTuple):
    """One row of `git diff --raw`; None for the side on which the file does not exist."""

    path: str
    old: File | None
    new: File | None


def read_difference(
    root: Path, git: Git | None, base: str | None, model_paths: Iterable[str] = ()
) -> Difference:
    """Compares a commit with the working tree; without one, lists the working tree.

    Untracked files count unless git ignores them; below `model_paths`, the base paths that the
    configuration names, ignored version trees count too. Without git, hidden directories do not
    count: they hold environments and caches. Raises `GitFailed`, `GitTimedOut`, `Interrupted`.
    """
    head = _tracked(git) if git else {}
    rows = _changed_rows(git, base) if git and base else []
    before = dict(head) if base else {}
    for row in rows:
        _set(before, row.path, row.old)
        _set(head, row.path, row.new)
    submodules = {path for path, file in head.items() if file.is_submodule}
    tracked = by_base_path(head, tuple(model_paths))
    _add_from_disk(root, head, _untracked(git) if git else files_below(root, skip=_is_hidden))
    outside = frozenset(_outside(root, tracked) - head.keys())
    _add_from_disk(root, head, outside)
    if git is None or base is None:
        return Difference(root=root, head=head, outside=outside)
    moved = {row.path for row in rows}
    _inherit(before, head, submodules - moved)
    suspects = moved | {path for path in head if path not in before}
    _settle(root, git, before, head, suspects)
    changed = frozenset(path for path in suspects if _differs(before.get(path), head.get(path)))
    return Difference(
        root=root, base_known=True, base=before, head=head, changed=changed, outside=outside
    )


def _outside(root: Path, tracked: Mapping[str, Mapping[str, list[str]]]) -> set[str]:
    return {
        file
        for base_path, children in tracked.items()
        for file in versions_outside_git(root, base_path, frozenset(children))
    }


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def _tracked(git: Git) -> dict[str, File]:
    """The index: what is in git at head, unless the working tree differs."""
    files = {}
    for record in git.records("ls-files", "-z", "--stage"):
        facts, _, path = record.partition("\t")
        mode, blob, _stage = facts.split(" ")
        files[path] = File(mode, blob)
    return files


def _untracked(git: Git) -> Iterator[str]:
    """Untracked files that are not ignored; a repository within this one is a name with "/"."""
    names = git.records("ls-files", "-z", "--others", "--exclude-standard")
    return (name for name in names if not name.endswith("/"))


def _add_from_disk(root: Path, files: dict[str, File], paths: Iterable[str]) -> None:
    for path in paths:
        try:
            files.setdefault(path, File(git_mode(root / path), None))
        except OSError:  # gone since it was listed
            continue


def _changed_rows(git: Git, base: str) -> list[_Row]:
    records = git.records(
        "diff",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--ignore-submodules=dirty",
        "--relative",
        base,
        "--",
    )
    facts = (record.removeprefix(":").split(" ") for record in records[::2])
    return [
        _Row(path, _file(old_mode, old), _file(new_mode, new))
        for (old_mode, new_mode, old, new, status), path in zip(facts, records[1::2], strict=True)
        if status != "U"  # a merge conflict; the file has a second row
    ]


def _file(mode: str, blob: str) -> File | None:
    """Git writes zeros for content that is on disk alone."""
    return None if mode == _ABSENT else File(mode, blob if blob.strip("0") else None)


def _set(files: dict[str, File], path: str, file: File | None) -> None:
    if file is None:
        files.pop(path, None)
    else:
        files[path] = file


def _inherit(base: dict[str, File], head: Mapping[str, File], submodules: set[str]) -> None:
    """Files in submodules that stayed at their commit are what they were."""
    inside = tuple(f"{path}/" for path in submodules)
    if inside:
        base.update((path, file) for path, file in head.items() if path.startswith(inside))


def _settle(
    root: Path, git: Git, base: Mapping[str, File], head: dict[str, File], suspects: set[str]
) -> None:
    """Finds out which files that are on disk alone hold what the base holds.

    Such are files taken out of git but not off the disk, and the content of Git LFS pointers
    that something other than git-lfs has downloaded.
    """
    blobs = {
        path: blob
        for path in suspects
        if path in base and path in head and head[path].blob is None
        if (blob := base[path].blob) is not None
    }
    if not blobs:
        return
    sizes = blob_sizes(git, blobs.values())
    with open_objects(git) as objects:
        for path, blob in blobs.items():
            if blob in sizes and _holds(objects, root / path, blob, sizes[blob]):
                head[path] = File(head[path].mode, blob)


def _holds(objects: Objects, file: Path, blob: str, size: int) -> bool:
    """Whether a file on disk is the blob, or what the blob points to."""
    try:
        if file.lstat().st_size == size and git_blob(file, digits=len(blob)) == blob:
            return True
        pointer = parse_pointer(objects.read(blob)) if size <= MAX_POINTER else None
        return pointer is not None and is_content(file, pointer)
    except OSError:
        return False


def _differs(base: File | None, head: File | None) -> bool:
    return base is None or head is None or not base.same_content(head)
