"""Lets another user into folders that lie in one that is closed to others, such as `/root`.

Where the tests' interpreter lies in a home directory, no other user can run it. A mount namespace
of one command's own puts an empty folder that anybody may enter over the closed one, and in it
only the folders that are needed, where they were. Nothing outside that namespace changes.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

_ENTER = r"""
stash=$1 closed=$2 count=$3; shift 3
mount -t tmpfs tmpfs "$stash"
for number in $(seq "$count"); do
  mkdir -p "$stash/$number"; mount --bind "${!number}" "$stash/$number"
done
mount -t tmpfs -o mode=755 tmpfs "$closed"
for number in $(seq "$count"); do
  mkdir -p "${!number}"; mount --bind "$stash/$number" "${!number}"
done
shift "$count"
exec "$@"
"""


def opened(folders: Sequence[Path], stash: Path) -> list[str]:
    """What to put before a command of root's; nothing where all folders are open to all.

    `stash` is an empty folder. The folders that are closed must be closed by the same ancestor.
    """
    closing = {folder: top for folder in folders if (top := _closed(folder)) is not None}
    if not closing:
        return []
    (closed,) = set(closing.values())
    return [
        *("unshare", "--mount", "--propagation=private"),
        *("bash", "-e", "-c", _ENTER, "bash"),
        *(str(stash), str(closed), str(len(closing)), *map(str, closing)),
    ]


def works(entrance: Sequence[str]) -> bool:
    """Whether this system lets root make such a namespace (many containers do not)."""
    done = subprocess.run([*entrance, "true"], check=False, capture_output=True)
    return done.returncode == 0


def _closed(folder: Path) -> Path | None:
    """The outermost folder on the way that others may not enter."""
    way = (*reversed(folder.parents), folder)
    return next((one for one in way if not one.stat().st_mode & 0o001), None)
