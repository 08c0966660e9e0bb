"""The tree of a commit: names, single files, and whole directories brought back to disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from servegate.changes.git import Git
from servegate.changes.lfs_store import LfsStore
from servegate.changes.objects import Objects, blob_sizes, open_objects
from servegate.errors import CannotTell
from servegate.savedmodel.lfs import MAX_POINTER, Pointer, parse_pointer

_EXECUTABLE = "100755"
_LINK = "120000"
_SUBMODULE = "160000"
_UNSAFE = frozenset({"", ".", "..", ".git"})


class UnsafeTree(CannotTell):
    """A commit holds names that no checkout would write: somebody made it by hand."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The base commit holds a path that must not be written to disk: {path!r}",
            remedy="Run git fsck; such a commit is not made by git itself.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Materialised:
    """A directory of a commit, on disk.

    `omitted` are symbolic links that lead out of the directory and submodules; `pointers` are
    the Git LFS pointers whose content is not in the clone. Both are relative to `root`.
    """

    root: Path
    omitted: tuple[str, ...]
    pointers: tuple[str, ...]


class _Entry(NamedTuple):
    path: str
    mode: str
    blob: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitTree:
    """The files of one commit. Every method raises `GitFailed`, `GitTimedOut`, `Interrupted`."""

    git: Git
    commit: str

    def names(self, path: str) -> tuple[str, ...]:
        """The children of a directory; none where it does not exist."""
        tree = self._directory(path)
        return (
            tuple(self.git.records("ls-tree", "-z", "--full-tree", "--name-only", tree))
            if tree
            else ()
        )

    def read(self, path: str) -> bytes | None:
        """The content of a file; None where there is no such file."""
        found = self.git.object_at(self.commit, path)
        if found is None or self.git.text("cat-file", "-t", found) != "blob":
            return None
        return self.git.run("cat-file", "blob", found)

    def materialise(self, path: str, into: Path) -> Materialised | None:
        """Writes a directory of the commit to `into`, which must not exist yet.

        None where the commit has no such directory. Content is streamed. Git LFS content comes
        from the clone's store, hard-linked where that is possible: do not write to it. Raises
        `UnsafeTree`, and `OSError` when it cannot be written.
        """
        tree = self._directory(path)
        if tree is None:
            return None
        entries = _entries(self.git, tree)
        links = [entry for entry in entries if entry.mode == _LINK]
        files = [entry for entry in entries if entry.mode not in {_LINK, _SUBMODULE}]
        into.mkdir(parents=True)
        with open_objects(self.git) as objects:
            pointers = _Writer(self.git, objects, into).write(files)
            # Links come last: no file is ever written through one.
            astray = [link.path for link in links if not _write_link(objects, into, link)]
        submodules = [entry.path for entry in entries if entry.mode == _SUBMODULE]
        return Materialised(
            root=into, omitted=tuple(sorted((*astray, *submodules))), pointers=tuple(pointers)
        )

    def _directory(self, path: str) -> str | None:
        found = self.git.object_at(self.commit, "" if path == "." else path)
        if found is None or self.git.text("cat-file", "-t", found) != "tree":
            return None
        return found


def _entries(git: Git, tree: str) -> list[_Entry]:
    entries = []
    for record in git.records("ls-tree", "-r", "-z", "--full-tree", tree):
        facts, _, path = record.partition("\t")
        mode, _kind, blob = facts.split(" ")
        entries.append(_Entry(path, mode, blob))
    files = {entry.path for entry in entries}
    for path in files:
        parts = path.split("/")
        above = {"/".join(parts[:length]) for length in range(1, len(parts))}
        if not above.isdisjoint(files) or not _UNSAFE.isdisjoint(parts):
            raise UnsafeTree(path)
    return entries


class _Writer:
    """Writes regular files below a directory."""

    def __init__(self, git: Git, objects: Objects, into: Path) -> None:
        self._git = git
        self._objects = objects
        self._into = into
        self._store = _lfs_store(git)

    def write(self, entries: Sequence[_Entry]) -> list[str]:
        """Writes the files; returns the paths of Git LFS pointers that stayed pointers."""
        sizes = blob_sizes(self._git, (entry.blob for entry in entries))
        unresolved = []
        for entry in entries:
            small = sizes.get(entry.blob, 0) <= MAX_POINTER
            pointer = parse_pointer(self._objects.read(entry.blob)) if small else None
            if pointer is None or not self._fetched(entry, pointer):
                self._copy(entry)
                unresolved += [entry.path] if pointer else []
        return unresolved

    def _fetched(self, entry: _Entry, pointer: Pointer) -> bool:
        """Whether the content was in the local store, and now is at its place."""
        stored = self._store.file(pointer)
        if stored is None:
            return False
        target = self._place(entry)
        # A hard link shares its x bit with the store.
        if entry.mode == _EXECUTABLE or not _link(stored, target):
            shutil.copyfile(stored, target)
            target.chmod(_permissions(entry))
        return True

    def _copy(self, entry: _Entry) -> None:
        target = self._place(entry)
        with target.open("xb") as opened:
            self._objects.copy(entry.blob, opened.write)
        target.chmod(_permissions(entry))

    def _place(self, entry: _Entry) -> Path:
        target = self._into / entry.path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def _link(stored: Path, target: Path) -> bool:
    try:
        target.hardlink_to(stored)
    except OSError:  # another file system
        return False
    return True


def _permissions(entry: _Entry) -> int:
    return 0o755 if entry.mode == _EXECUTABLE else 0o644


def _write_link(objects: Objects, into: Path, entry: _Entry) -> bool:
    """Writes a symbolic link; False where it would lead out of the directory."""
    target = os.fsdecode(objects.read(entry.blob))
    if not _stays_inside(entry.path, target):
        return False
    place = into / entry.path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)
    return True


def _stays_inside(link: str, target: str) -> bool:
    """Whether a link cannot lead out of the tree it is in, whatever the other links are.

    `..` may only lead the way: after a name that is itself a link it would start from elsewhere.
    """
    if not target or "\0" in target:
        return False
    parts = PurePosixPath(target).parts
    climbs = next((place for place, part in enumerate(parts) if part != ".."), len(parts))
    depth = len(PurePosixPath(link).parts) - 1
    return not target.startswith("/") and climbs <= depth and ".." not in parts[climbs:]


def _lfs_store(git: Git) -> LfsStore:
    """Where git-lfs keeps what it fetched; `lfs.storage` moves it."""
    common = git.root / git.text("rev-parse", "--git-common-dir")
    storage = git.optional("config", "--get", "lfs.storage") or "lfs"
    return LfsStore(folder=common / storage / "objects")
