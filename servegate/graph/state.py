"""What a model keeps between requests: whatever writes a resource affects all who read it."""

from __future__ import annotations

from collections.abc import Iterable

from servegate.graph.facts import bits
from servegate.graph.layout import Layout

_MAX_ROUNDS = 64


class State:
    """The causes of what each resource holds, after any number of requests in any order.

    `writes` are pairs of sets of bits: resources, and what affects the values written to them.
    """

    def __init__(self, layout: Layout, writes: Iterable[tuple[int, int]]) -> None:
        self._layout = layout
        self._causes: dict[int, int] = {}
        for where, what in writes:
            for position in bits(where & layout.all_state):
                self._causes[position] = self._causes.get(position, 0) | what
        self._close()

    def _close(self) -> None:
        """Adds the causes of causes; a tangle that takes too long is taken for one whole."""
        for _ in range(_MAX_ROUNDS):
            grown = {position: self.resolve(what) for position, what in self._causes.items()}
            if grown == self._causes:
                return
            self._causes = grown
        together = 0
        for what in self._causes.values():
            together |= what
        self._causes = dict.fromkeys(self._causes, together)

    def resolve(self, mask: int) -> int:
        """A set of bits with the causes of the resources in it."""
        for position in bits(mask & self._layout.all_state):
            mask |= self._causes.get(position, 0)
        return mask

    def written_in(self, mask: int) -> tuple[str, ...]:
        """The names of the resources in a set of bits that one request leaves to the next."""
        positions = [one for one in bits(mask & self._layout.all_state) if one in self._causes]
        resources = self._layout.resources_in(positions)
        return tuple(one.name for one in resources if one.outlives_request)
