"""What is known of a tensor while dependence is followed through a graph: sets of bits.

The bits of one model, lowest first:

- bit 0: the world, which ops that may do anything share;
- one bit a resource: what a variable, table, queue … holds;
- one bit a `Source`: random numbers, iterators, files …;
- from `base` on, three for every parameter (of a function) or input (of a signature): its
  values, its shape, and what the resource holds whose handle it is.

A function's facts are written in terms of its own parameters; `Substitution` puts the facts of a
call's arguments in their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

WORLD = 1


class Fact(NamedTuple):
    """One tensor. Sets of bits, all of them upper bounds except `same`.

    `value`: what may affect its values or its shape; `shape`: what may affect its shape;
    `holds`: the resources whose handle it may be; `same`: the parameters (bit i for the i-th)
    that it is proven to be identical to.
    """

    value: int = 0
    shape: int = 0
    holds: int = 0
    same: int = 0


class Summary(NamedTuple):
    """A function: its results, and what it may write (a set of resources, a set of causes)."""

    results: tuple[Fact, ...]
    writes: tuple[tuple[int, int], ...]


def parameter(base: int, position: int, *, handle: bool) -> Fact:
    """The fact of a parameter itself."""
    value = 1 << (base + 3 * position)
    shape = value << 1
    return Fact(value | shape, shape, value << 2 if handle else 0, 1 << position)


def union(facts: Sequence[Fact]) -> Fact:
    """One of several tensors, without saying which: identical only to what all are."""
    value = shape = holds = 0
    same = facts[0].same if facts else 0
    for fact in facts:
        value |= fact.value
        shape |= fact.shape
        holds |= fact.holds
        same &= fact.same
    return Fact(value, shape, holds, same)


def bits(mask: int) -> Iterator[int]:
    """The positions of the bits that are set."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class Substitution:
    """Facts in terms of a function's parameters, turned into facts at one of its calls."""

    def __init__(self, base: int, arguments: Sequence[Fact]) -> None:
        self._base = base
        self._low = (1 << base) - 1
        self._arguments = arguments
        self._known: dict[int, int] = {}

    def mask(self, mask: int) -> int:
        """One set of bits."""
        known = self._known.get(mask)
        if known is None:
            known = mask & self._low
            for bit in bits(mask >> self._base):
                position, kind = divmod(bit, 3)
                known |= self._arguments[position][kind]
            self._known[mask] = known
        return known

    def fact(self, fact: Fact) -> Fact:
        """One tensor."""
        same = 0
        for position in bits(fact.same):
            same |= self._arguments[position].same
        return Fact(self.mask(fact.value), self.mask(fact.shape), self.mask(fact.holds), same)

    def summary(self, summary: Summary) -> Summary:
        """A whole function."""
        return Summary(
            tuple(self.fact(one) for one in summary.results),
            tuple((self.mask(where), self.mask(what)) for where, what in summary.writes),
        )
