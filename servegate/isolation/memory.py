"""How much memory a child holds, with all that it started."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROCESSES = Path("/proc")
_RESIDENT_PAGES = 1  # the second field of `statm`


def resident_bytes(process: int) -> int | None:
    """The resident memory of a process and its descendants, None where the system has no /proc.

    Pages that several of them share are counted for each.
    """
    if not (_PROCESSES / str(process)).is_dir():
        return None
    return sum(_resident(one) for one in _family(process))


def _family(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):  # it has ended meanwhile
        for task in (_PROCESSES / str(process) / "task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                yield from _family(int(child))


def _resident(process: int) -> int:
    with suppress(OSError):
        fields = (_PROCESSES / str(process) / "statm").read_text("ascii").split()
        return int(fields[_RESIDENT_PAGES]) * os.sysconf("SC_PAGE_SIZE")
    return 0
