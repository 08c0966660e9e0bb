"""Files on disk that git knows nothing of: untracked, ignored, downloaded by an earlier step."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from servegate.changes.paths import MODEL_FILES, join
from servegate.tfserving.versions import parse_version

_PIECE = 1 << 20


def files_below(folder: Path, skip: Callable[[str], bool] = lambda _name: False) -> Iterator[str]:
    """Files and symbolic links below a folder, relative to it; links are not followed.

    Git's own directories are left out, and those directories whose name `skip` accepts. What
    cannot be read is not there: reading the model will say so.
    """
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        for entry in children_of(folder / prefix):
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git" and not skip(entry.name):
                    waiting.append(f"{prefix}{entry.name}/")
            elif entry.name != ".git":  # a submodule has a file of this name
                yield f"{prefix}{entry.name}"


def versions_outside_git(root: Path, base_path: str, tracked: frozenset[str]) -> Iterator[str]:
    """Files of version trees on disk that git does not know, relative to `root`.

    `tracked` are the children of the base path that git does know: other files in those (caches,
    what an editor leaves) mean nothing, but for the model itself. Of children that are no number
    only the model counts too.
    """
    for entry in children_of(root / base_path):
        place = join(base_path, entry.name)
        number = parse_version(entry.name) is not None
        if not entry.is_dir(follow_symlinks=False):
            if number or entry.name in MODEL_FILES:
                yield place
        elif number and entry.name not in tracked:
            yield from (f"{place}/{file}" for file in files_below(root / place))
        else:
            files = (f"{place}/{name}" for name in MODEL_FILES)
            yield from (file for file in files if os.path.lexists(root / file))


def children_of(folder: Path) -> list[os.DirEntry[str]]:
    """The entries of a directory; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (OSError, ValueError):  # ValueError: a configured path with NUL in it
        return []


def git_mode(file: Path) -> str:
    """The mode that git would record: a regular file (x bit or not) or a link. Raises OSError."""
    mode = file.lstat().st_mode
    if stat.S_ISLNK(mode):
        return "120000"
    return "100755" if mode & stat.S_IXUSR else "100644"


def git_blob(file: Path, *, digits: int) -> str:
    """The id that git would give to the file as it is, without filters.

    `digits` is the length of the repository's ids: 40 for sha1, 64 for sha256. `git hash-object`
    follows symbolic links and cannot be told a name with a line feed in it. Raises `OSError`.
    """
    digest = hashlib.new("sha1" if digits == 40 else "sha256", usedforsecurity=False)
    if file.is_symlink():
        target = os.fsencode(file.readlink())
        digest.update(b"blob %d\0" % len(target) + target)
        return digest.hexdigest()
    with file.open("rb") as opened:
        digest.update(b"blob %d\0" % os.fstat(opened.fileno()).st_size)
        while piece := opened.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
