"""Closes the gate's own memory and environment to the processes that it starts."""

from __future__ import annotations

import ctypes
import functools

_PR_SET_DUMPABLE = 4


@functools.cache
def shield_this_process() -> None:
    """Makes `/proc/<gate>/environ` and `/proc/<gate>/mem` unreadable for others of the same user.

    A scrubbed environment is worth little while a child can read its parent's: with the attribute
    off, the kernel gives these files to root and refuses `ptrace` (prctl(2), proc(5)). A child that
    runs as root is not kept out. Systems other than Linux have no `/proc` to protect.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
