"""Whose something is that outlives its process: a directory, a container."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A process that nobody else is taken for.

    Process ids are used again, so the start time (clock ticks since boot) belongs to the identity;
    they mean something only in one pid namespace, so that belongs to it too: a container that
    shares things with its host does not take the host's runs for dead.
    """

    namespace: int
    pid: int
    started: int

    @classmethod
    def this_process(cls) -> Self:
        """The process that asks."""
        return cls(namespace=_pid_namespace(), pid=os.getpid(), started=_started(os.getpid()))

    @property
    def is_gone(self) -> bool:
        """Whether it has ended; False where that cannot be seen from here."""
        return self.namespace == _pid_namespace() and _started(self.pid) != self.started


def _started(pid: int) -> int:
    """The start time of a process in clock ticks since boot (field 22 of proc(5)), 0 if gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes()
        return int(text.rpartition(b")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        return 0


def _pid_namespace() -> int:
    try:
        return Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return 0
