"""The content behind Git LFS pointers: on disk, or fetched into the clone's store.

Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md. A fetched object lies in
`lfs/objects/<2 digits>/<2 digits>/<oid>` of the git directory.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from servegate.savedmodel.lfs import Pointer


def is_content(file: Path, pointer: Pointer) -> bool:
    """Whether a file on disk is what the pointer stands for. Raises `OSError`."""
    if not file.is_file() or file.stat().st_size != pointer.size:
        return False
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == pointer.oid


@dataclass(frozen=True, slots=True, kw_only=True)
class LfsStore:
    """The objects that were fetched into a clone."""

    folder: Path

    def file(self, pointer: Pointer) -> Path | None:
        """The object's file, None where it was not fetched (or not completely)."""
        if pointer.oid is None:
            return None
        file = self.folder / pointer.oid[:2] / pointer.oid[2:4] / pointer.oid
        try:
            complete = file.is_file() and file.stat().st_size == pointer.size
        except OSError:
            return None
        return file if complete else None
