"""The files of a version directory: what there is, how large, and whether two are the same."""

from __future__ import annotations

import hashlib
import itertools
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from servegate.savedmodel.lfs import MAX_POINTER, Pointer, parse_pointer
from servegate.savedmodel.unreadable import Fault, Unreadable

MAX_ENTRIES = 100_000
"""More files and directories than this are no model version; the walk ends with `Unreadable`."""


class FileKind(StrEnum):
    """What a name in the tree is."""

    REGULAR = "file"
    POINTER = "Git LFS pointer"
    DANGLING = "symbolic link that leads nowhere"
    OUTSIDE = "symbolic link out of the tree"
    SPECIAL = "neither file nor directory"
    DENIED = "unreadable (permission denied)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file. `relpath` has forward slashes; `size` is in bytes, 0 where it has no meaning.

    `pointer` is set for `FileKind.POINTER`, whose `size` is the pointer's own.
    """

    relpath: str
    size: int
    kind: FileKind
    pointer: Pointer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFiles:
    """All files below a version directory, sorted by path. Empty directories do not count."""

    directory: Path
    files: tuple[ModelFile, ...]

    @property
    def size(self) -> int:
        """Bytes on disk; a link to a file counts as the file."""
        return sum(one.size for one in self.files)

    def named(self, relpath: str) -> ModelFile | None:
        """The file of this path."""
        return next((one for one in self.files if one.relpath == relpath), None)

    def of_kind(self, kind: FileKind) -> tuple[ModelFile, ...]:
        """The files of one kind."""
        return tuple(one for one in self.files if one.kind is kind)

    def digest(self, file: ModelFile) -> str:
        """The SHA-256 of a file's content, in hexadecimal; read only when it is asked for.

        A pointer's is that of the content it stands for, so that a tree with pointers can be
        compared with one where they were fetched. Raises `Unreadable`.
        """
        if file.pointer is not None and file.pointer.oid is not None:
            return file.pointer.oid
        if file.kind not in {FileKind.REGULAR, FileKind.POINTER}:
            what = f"cannot be read: {file.kind.value}"
            raise Unreadable(file.relpath, what, "Commit the file itself.", Fault.NOT_A_FILE)
        try:
            with (self.directory / file.relpath).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            what = f"cannot be read ({error.strerror})"
            remedy = "Make it readable (`chmod a+r`)."
            raise Unreadable(file.relpath, what, remedy, Fault.DENIED) from error


def read_files(directory: Path, *, within: Path | None = None) -> VersionFiles:
    """Walks a version directory; links may lead anywhere inside `within` (by default: the same).

    Contents are not read but for the first bytes of files small enough to be pointers. Raises
    `Unreadable` when the directory itself cannot be listed or holds too much.
    """
    found = _walk(directory, (within or directory).resolve())
    return VersionFiles(
        directory=directory, files=tuple(sorted(found, key=lambda one: one.relpath))
    )


def same_files(left: VersionFiles, right: VersionFiles) -> bool:
    """Whether both trees hold the same paths with the same content. Raises `Unreadable`."""
    return not differing_files(left, right)


def differing_files(left: VersionFiles, right: VersionFiles) -> tuple[str, ...]:
    """The paths that only one tree has, or whose contents differ. Raises `Unreadable`."""
    ours = {one.relpath: one for one in left.files}
    theirs = {one.relpath: one for one in right.files}
    differing = []
    for relpath in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(relpath), theirs.get(relpath)
        if one is None or other is None or not _same(left, one, right, other):
            differing.append(relpath)
    return tuple(differing)


def _same(left: VersionFiles, one: ModelFile, right: VersionFiles, other: ModelFile) -> bool:
    sizes = {_content_size(one), _content_size(other)} - {None}
    return len(sizes) < 2 and left.digest(one) == right.digest(other)


def _content_size(file: ModelFile) -> int | None:
    return file.pointer.size if file.pointer is not None else file.size


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """A directory still to be listed; `above` are the real paths on the way to it."""

    relpath: str
    real: Path
    above: frozenset[Path]


def _walk(directory: Path, within: Path) -> Iterator[ModelFile]:
    pending = [_Folder(relpath="", real=directory.resolve(), above=frozenset())]
    entries = 0
    while pending:
        folder = pending.pop()
        try:
            listing = _listing(folder.real)
        except OSError as error:
            if not folder.relpath:
                raise _unlisted(directory, error) from error
            yield ModelFile(relpath=folder.relpath, size=0, kind=FileKind.DENIED)
            continue
        entries += len(listing)
        if entries > MAX_ENTRIES:
            what = f"holds more than {MAX_ENTRIES:,} files"
            raise Unreadable(directory.name, what, "Keep the model alone in it.", Fault.TOO_LARGE)
        for entry in listing:
            relpath = f"{folder.relpath}/{entry.name}" if folder.relpath else entry.name
            found = _examine(entry, relpath, within)
            if isinstance(found, ModelFile):
                yield found
            elif found not in folder.above | {folder.real}:  # else: a link to where we came from
                above = folder.above | {folder.real}
                pending.append(_Folder(relpath=relpath, real=found, above=above))


def _listing(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(itertools.islice(entries, MAX_ENTRIES + 1))


def _unlisted(directory: Path, error: OSError) -> Unreadable:
    if isinstance(error, FileNotFoundError):
        return Unreadable(directory.name, "is missing", "Export the model.", Fault.MISSING)
    if isinstance(error, NotADirectoryError):
        what = "is a file, where a version directory was expected"
        return Unreadable(directory.name, what, "Replace it by a directory.", Fault.NOT_A_FILE)
    what = f"cannot be listed ({error.strerror or type(error).__name__})"
    return Unreadable(directory.name, what, "Make it readable (`chmod a+rx`).", Fault.DENIED)


def _examine(entry: os.DirEntry[str], relpath: str, within: Path) -> ModelFile | Path:
    """The file that an entry is, or the real path of the directory that it is."""
    real = Path(entry.path)
    if entry.is_symlink():
        try:
            real = real.resolve(strict=True)
        except (OSError, RuntimeError):
            return ModelFile(relpath=relpath, size=0, kind=FileKind.DANGLING)
        if not real.is_relative_to(within):
            return ModelFile(relpath=relpath, size=0, kind=FileKind.OUTSIDE)
    try:
        status = real.stat()
        if stat.S_ISDIR(status.st_mode):
            return real
        if not stat.S_ISREG(status.st_mode):
            return ModelFile(relpath=relpath, size=0, kind=FileKind.SPECIAL)
        pointer = _pointer(real) if 0 < status.st_size <= MAX_POINTER else None
    except OSError:
        return ModelFile(relpath=relpath, size=0, kind=FileKind.DENIED)
    kind = FileKind.POINTER if pointer else FileKind.REGULAR
    return ModelFile(relpath=relpath, size=status.st_size, kind=kind, pointer=pointer)


def _pointer(path: Path) -> Pointer | None:
    with path.open("rb") as stream:
        return parse_pointer(stream.read(MAX_POINTER))
