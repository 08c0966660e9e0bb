"""Shards: which part of a run's work one of several machines does.

After Bazel's contract for sharding: a total and an index, the same division whoever computes it,
and every piece of work in exactly one shard.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self, TypeVar

MOST = 256
"""Jobs of one matrix, which is where GitHub draws the line."""

_WRITTEN = re.compile(r"([1-9][0-9]{0,2})/([1-9][0-9]{0,2})\Z", re.ASCII)

_Piece = TypeVar("_Piece")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """The part number `index`, counted from 1, of `total`; written `2/4`."""

    index: int
    total: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `I/N`. Raises `ValueError` unless 1 <= I <= N <= 256."""
        match = _WRITTEN.match(text)
        index, total = map(int, match.groups()) if match else (0, 0)
        if not 1 <= index <= total <= MOST:
            raise ValueError(f"{text!r} is not I/N with I from 1 to N, and N at most {MOST}")
        return cls(index=index, total=total)

    def __str__(self) -> str:
        return f"{self.index}/{self.total}"

    def of(self, pieces: Iterable[_Piece], key: Callable[[_Piece], str]) -> tuple[_Piece, ...]:
        """The pieces of this shard, in the order of their keys, whatever order they came in."""
        return tuple(sorted(pieces, key=key)[self.index - 1 :: self.total])
