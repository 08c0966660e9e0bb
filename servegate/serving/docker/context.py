"""A tar stream made while it is read: trees of any size in constant memory.

Modes are normalised and everything belongs to root, so that what a checkout happened to have (a
strict umask, a runner's user) does not decide whether production's user can read a model.
"""

from __future__ import annotations

import io
import posixpath
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from servegate.errors import CannotTell

CHUNK = 2**20
_DIRECTORY_MODE = 0o755
_FILE_MODE = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One name in the archive; nothing but the name is a directory.

    `name` has forward slashes and does not begin with one. `content` is what a file holds, or the
    file of this machine that does; `link` is what a symbolic link says. `mode` None is the
    normalised one.
    """

    name: str
    content: bytes | Path | None = None
    link: str | None = None
    mode: int | None = None


def tree(root: Path, name: str, *, within: Path) -> Iterator[Entry]:
    """A file or directory of this machine, under a name in the archive.

    Links are followed as long as they stay inside `within`; others are sent as links, as `COPY`
    does: nothing from elsewhere on this machine gets into an image. Nothing for a missing root.
    """
    return _walk(root, name, within.resolve(), frozenset())


def _walk(path: Path, name: str, within: Path, above: frozenset[Path]) -> Iterator[Entry]:
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        if path.is_symlink():
            yield Entry(name=name, link=str(path.readlink()))
        return
    if path.is_symlink() and (real in above or not real.is_relative_to(within)):
        yield Entry(name=name, link=str(path.readlink()))
    elif real.is_file():
        yield Entry(name=name, content=real)
    elif real.is_dir():
        yield Entry(name=name)
        for child in _children(real):
            yield from _walk(child, f"{name}/{child.name}", within, above | {real})


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise _unreadable(folder, error) from error


def _unreadable(path: Path, error: OSError) -> CannotTell:
    return CannotTell(
        f"{path} cannot be read and so cannot be put into the image: {error.strerror}.",
        remedy="Make it readable (`chmod -R a+rX`).",
    )


def packed(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The archive in pieces of at most a mebibyte; missing parent directories are added.

    A name that comes twice is sent once. Raises `CannotTell` when a file cannot be read or changes
    its size meanwhile.
    """
    known: set[str] = set()
    for entry in entries:
        for one in (*_parents(entry.name), entry):
            if one.name not in known:
                known.add(one.name)
                yield from _packed(one)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _parents(name: str) -> Iterator[Entry]:
    parts = name.split("/")[:-1]
    for count in range(1, len(parts) + 1):
        yield Entry(name=posixpath.join(*parts[:count]))


def _packed(entry: Entry) -> Iterator[bytes]:
    header = tarfile.TarInfo(entry.name)
    if entry.link is not None:
        header.type, header.linkname = tarfile.SYMTYPE, entry.link
    elif entry.content is None:
        header.type, header.mode = tarfile.DIRTYPE, _DIRECTORY_MODE
    else:
        header.mode = _FILE_MODE
    if entry.mode is not None:
        header.mode = entry.mode
    if isinstance(entry.content, Path):
        yield from _file(header, entry.content)
        return
    content = entry.content or b""
    header.size = len(content)
    yield _header(header) + content + bytes(_padding(header.size))


def _file(header: tarfile.TarInfo, path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            header.size = stream.seek(0, io.SEEK_END)
            stream.seek(0)
            yield _header(header)
            left = header.size
            while left:
                chunk = stream.read(min(CHUNK, left))
                if not chunk:
                    raise CannotTell(f"{path} was shortened while the image was built.")
                left -= len(chunk)
                yield chunk
    except OSError as error:
        raise _unreadable(path, error) from error
    yield bytes(_padding(header.size))


def _header(header: tarfile.TarInfo) -> bytes:
    # GNU's format carries names that are not UTF-8, names of any length and files of any size.
    return header.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def _padding(size: int) -> int:
    return -size % tarfile.BLOCKSIZE
