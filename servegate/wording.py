"""How the gate puts things in sentences."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1000


def listed(things: Iterable[object], *, most: int = 5) -> str:
    """The first few of several things, and how many more there are."""
    words = [str(one) for one in things]
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing when no known word is near."""
    found = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def count(number: int, thing: str) -> str:
    """`1 example`, `2 examples`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def size(number: int) -> str:
    """`812 bytes`, `16.3 MB`."""
    amount = float(number)
    for unit in _UNITS:
        if amount < _STEP or unit == _UNITS[-1]:
            break
        amount /= _STEP
    return f"{number:,} bytes" if unit == _UNITS[0] else f"{amount:.1f} {unit}"
