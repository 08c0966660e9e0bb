"""Who may read a tree, by the modes of its files and directories as the kernel reads them."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from servegate.savedmodel.files import VersionFiles

READ, ENTER = 0o4, 0o1
_ROOT = 0
_OWNER, _GROUP, _OTHERS = 6, 3, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Whom a process runs as, as far as the modes of files are concerned."""

    uid: int
    gid: int

    def may(self, rights: int, *, mode: int, uid: int, gid: int) -> bool:
        """Whether a file of this mode and owner grants all of `rights`.

        The first class that fits decides, as path_resolution(7) says: an owner without rights is
        not helped by those of the others. Root needs none; access control lists are left out.
        """
        if self.uid == _ROOT:
            return True
        shift = _OWNER if self.uid == uid else _GROUP if self.gid == gid else _OTHERS
        return mode >> shift & rights == rights


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMode:
    """A file or directory: its place in the tree ("." for the top), its mode bits and its owner."""

    relpath: str
    mode: int
    uid: int
    gid: int

    @property
    def permissions(self) -> str:
        """As `chmod` takes them: "640"."""
        return f"{stat.S_IMODE(self.mode):03o}"

    def readable_for(self, user: User) -> bool:
        """Whether a process may read the file, or list and enter the directory."""
        return user.may(self._needed, mode=self.mode, uid=self.uid, gid=self.gid)

    @property
    def readable_for_others_than_the_owner(self) -> bool:
        """Whether there is anybody else (but for root) who may."""
        needed = self._needed
        return any(self.mode >> shift & needed == needed for shift in (_GROUP, _OTHERS))

    @property
    def _needed(self) -> int:
        return READ | ENTER if stat.S_ISDIR(self.mode) else READ


def read_modes(files: VersionFiles) -> tuple[FileMode, ...]:
    """The modes of all files of a version and of the directories that hold them, by path.

    Links count as what they lead to. What is not there or cannot be asked for is left out.
    """
    places = {PurePosixPath(".")}
    for file in files.files:
        place = PurePosixPath(file.relpath)
        places.update((place, *place.parents))
    found = (_mode(files.directory, place) for place in sorted(places))
    return tuple(one for one in found if one is not None)


def _mode(directory: Path, place: PurePosixPath) -> FileMode | None:
    try:
        status = os.stat(directory / place)  # noqa: PTH116 - follows links, as reading does
    except (OSError, ValueError):
        return None
    return FileMode(relpath=str(place), mode=status.st_mode, uid=status.st_uid, gid=status.st_gid)
