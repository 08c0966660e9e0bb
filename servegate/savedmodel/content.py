"""The bytes of one file of a version directory, or the reason why they cannot be had."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from servegate.savedmodel.lfs import MAX_POINTER, parse_pointer
from servegate.savedmodel.unreadable import Fault, Unreadable

FETCH = "Fetch the content with `git lfs pull`, or set `lfs: true` on actions/checkout."


def read_file(directory: Path, file: str, *, limit: int, within: Path | None = None) -> bytes:
    """The whole content of `directory/file`, read once.

    Raises `Unreadable` when it is missing, may not be read, is no regular file, lies outside
    `within` (the version directory by default) behind a link, has more than `limit` bytes (found
    out before reading), no bytes at all, or is a Git LFS pointer.
    """
    with opened(directory, file, within) as (stream, size):
        if size > limit:
            raise _too_large(file, size, limit)
        data = stream.read(limit + 1)
    if len(data) > limit:  # it grew meanwhile
        raise _too_large(file, len(data), limit)
    _refuse_stand_ins(data[:MAX_POINTER], file)
    return data


def file_size(directory: Path, file: str, *, within: Path | None = None) -> int:
    """The bytes in `directory/file`, which is hardly read. Raises `Unreadable` as `read_file`."""
    with opened(directory, file, within) as (stream, size):
        _refuse_stand_ins(stream.read(MAX_POINTER), file)
    return size


@contextlib.contextmanager
def opened(directory: Path, file: str, within: Path | None) -> Iterator[tuple[BinaryIO, int]]:
    """The open file and its size in bytes.

    Raises `Unreadable` when it is missing, may not be read, is no regular file, or lies outside
    `within` (the version directory by default) behind a link; also for what the system says while
    it is open.
    """
    path = directory / file
    try:
        _refuse_outside(path, file, within or directory)
        # Without O_NONBLOCK, opening a named pipe waits for somebody to write to it.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                what = "is not a regular file"
                raise Unreadable(file, what, "Replace it by the exported file.", Fault.NOT_A_FILE)
            yield stream, status.st_size
    except (OSError, ValueError) as error:  # ValueError: a NUL in a name
        raise _unopened(file, error) from error


def _refuse_outside(path: Path, file: str, within: Path) -> None:
    try:
        inside = path.resolve().is_relative_to(within.resolve())
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before 3.13
        raise Unreadable(
            file, "is a symbolic link that leads nowhere", "Commit the file.", Fault.LINK
        ) from error
    if not inside:
        raise Unreadable(
            file,
            "leads out of the model's directory",
            "Commit the file itself; what lies elsewhere is not deployed with the model.",
            Fault.LINK,
        )


def _unopened(file: str, error: OSError | ValueError) -> Unreadable:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Unreadable(
            file, "is missing", "Export the model again and commit all of it.", Fault.MISSING
        )
    if isinstance(error, PermissionError):
        return Unreadable(
            file,
            "may not be read (permission denied)",
            "Make it readable for everybody (`chmod a+r`), its directories too (`chmod a+rx`).",
            Fault.DENIED,
        )
    if isinstance(error, IsADirectoryError):
        what = "is a directory"
    else:
        what = f"cannot be read ({getattr(error, 'strerror', None) or type(error).__name__})"
    return Unreadable(file, what, "Replace it by a regular file.", Fault.NOT_A_FILE)


def _too_large(file: str, size: int, limit: int) -> Unreadable:
    return Unreadable(
        file,
        f"has {size:,} bytes, more than the {limit:,} that can be read",
        "Keep weights in variables/ and data in assets/ instead of in this file.",
        Fault.TOO_LARGE,
    )


def _refuse_stand_ins(beginning: bytes, file: str) -> None:
    """Files that stand in for a content which is not there."""
    if not beginning:
        raise Unreadable(
            file, "is empty (0 bytes)", "Export the model again and commit it.", Fault.EMPTY
        )
    pointer = parse_pointer(beginning)
    if pointer is not None:
        what = "is a Git LFS pointer, not the content"
        raise Unreadable(file, what, FETCH, Fault.POINTER, pointer)
