"""Following facts through a body, node by node."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence

from servegate.graph.body import Body, Node, Port, in_order
from servegate.graph.calls import call
from servegate.graph.facts import Fact, Summary, bits, parameter, union
from servegate.graph.library import Library
from servegate.graph.ops import MERGES, NEXT_ITERATIONS, SWITCHES, makes_handle
from servegate.graph.rules import Step

_EVALUATIONS_PER_NODE = 20
"""A body that needs more on average is taken to mix everything that it knows of."""

_HANDLE_TYPES = frozenset({0, 20, 21})  # left to an attribute; DT_RESOURCE; DT_VARIANT
_FIRST_REF_TYPE = 101


class Walk:
    """The facts of some nodes of a body, in terms of so many `parameters`.

    `given` are tensors whose facts are known beforehand: what is fed to the graph. All functions
    that the nodes call have been prepared (`prepare`). Raises `BrokenGraph`.
    """

    def __init__(
        self,
        library: Library,
        body: Body,
        chosen: Sequence[int],
        given: Mapping[Port, Fact],
        parameters: int,
    ) -> None:
        self._library = library
        self._body = body
        self._order = in_order(body, chosen)
        self._given = given
        self._parameters = parameters
        self._known: dict[int, Summary] = {}
        self._alive: dict[int, int] = {}
        self.reached = 0
        for position in range(body.arguments):
            self._known[position] = Summary((self._parameter(position),), ())
        self._run()

    def fact(self, port: Port) -> Fact:
        """What is known of a tensor: nothing yet, for one that a loop will come back to."""
        given = self._given.get(port)
        if given is not None:
            return given
        known = self._known.get(port.node)
        if known is None or not known.results:
            return Fact()
        results = known.results
        if len(results) == 1:
            return results[0]
        return results[port.output] if port.output < len(results) else union(results)

    def writes(self) -> tuple[tuple[int, int], ...]:
        """What the nodes write: for each resource the causes, as pairs of sets of bits."""
        together: dict[int, int] = {}  # most writes of a body are to the same few sets
        for number in self._order:
            for where, what in self._known[number].writes:
                together[where] = together.get(where, 0) | what
        causes: dict[int, int] = {}
        for where, what in together.items():
            for position in bits(where):
                causes[position] = causes.get(position, 0) | what
        return tuple((1 << position, what) for position, what in sorted(causes.items()))

    def _parameter(self, position: int) -> Fact:
        kind = self._body.parameter_types[position]
        handle = kind in _HANDLE_TYPES or kind >= _FIRST_REF_TYPE
        return parameter(self._library.layout.base, position, handle=handle)

    def _run(self) -> None:
        """Every node once, then those in loops again until nothing changes."""
        for number in self._order:
            self._evaluate(number)
        entries = [
            number
            for number in self._order
            if self._body.nodes[number].op in MERGES and self._jumps_back(self._body.nodes[number])
        ]
        if entries:
            self._repeat(entries)

    def _jumps_back(self, node: Node) -> bool:
        return any(self._body.nodes[port.node].op in NEXT_ITERATIONS for port in node.inputs)

    def _repeat(self, entries: Sequence[int]) -> None:
        place = {number: position for position, number in enumerate(self._order)}
        users = self._users()
        pending = [place[number] for number in entries]
        queued = set(pending)
        heapq.heapify(pending)
        for _ in range(_EVALUATIONS_PER_NODE * len(self._order) + 1000):
            if not pending:
                return
            position = heapq.heappop(pending)
            queued.discard(position)
            for user in users.get(self._order[position], ()) if self._changed(position) else ():
                if place[user] not in queued:
                    queued.add(place[user])
                    heapq.heappush(pending, place[user])
        self._mix()

    def _changed(self, position: int) -> bool:
        number = self._order[position]
        before = self._known[number], self._alive.get(number, 0)
        self._evaluate(number)
        return before != (self._known[number], self._alive.get(number, 0))

    def _users(self) -> dict[int, list[int]]:
        users: dict[int, list[int]] = {}
        for number in self._order:
            node = self._body.nodes[number]
            for before in {*(port.node for port in node.inputs), *node.controls}:
                users.setdefault(before, []).append(number)
        return users

    def _mix(self) -> None:
        everything = self._library.everything(self._parameters)
        fact = Fact(everything, everything, everything)
        self._known = {number: Summary((fact,), ()) for number in self._order}
        self._known[self._order[0]] = Summary((fact,), ((everything, everything),))

    def _evaluate(self, number: int) -> None:
        if number < self._body.arguments:
            return
        node = self._body.nodes[number]
        inputs = [self.fact(port) for port in node.inputs]
        alive = self._liveness(node)
        if node.op in SWITCHES and len(inputs) > 1:
            alive |= inputs[1].value | inputs[1].holds
        if alive:
            self._alive[number] = alive
        step = Step(node, inputs, alive)
        callees = self._library.callees(node)
        if callees:
            self._known[number] = call(self._library, step, callees)
            for one in callees:
                self.reached |= self._library.reached(one)
        else:
            self._known[number] = self._library.rules.rule(node.op)(step)
            if node.proto is not None and makes_handle(node.op):
                self.reached |= self._library.layout.resource_bit(node.proto)

    def _liveness(self, node: Node) -> int:
        alive = 0
        for before in node.controls:
            alive |= self._alive.get(before, 0)
        for port in node.inputs:
            if port not in self._given:
                alive |= self._alive.get(port.node, 0)
        return alive


def prepare(library: Library, nodes: Iterable[Node]) -> None:
    """Finds out about all functions that `nodes` call, those that are called coming first.

    Not recursive: calls may be nested deeper than Python's stack. Raises `BrokenGraph` for a
    function that does not exist or is broken.
    """
    pending = [name for node in nodes for name in library.callees(node)]
    entered: set[str] = set()
    while pending:
        name = pending[-1]
        if library.knows(name) or name in entered:
            pending.pop()
            if not library.knows(name):
                _summarise(library, name)
            continue
        entered.add(name)
        inner = {one for node in library.body(name).nodes for one in library.callees(node)}
        # One that was entered and is not known yet calls itself, see `Library.summary`.
        pending.extend(one for one in sorted(inner) if one not in entered)


def _summarise(library: Library, name: str) -> None:
    body = library.body(name)
    walk = Walk(library, body, range(len(body.nodes)), {}, body.arguments)
    results = tuple(walk.fact(port) for port in body.results)
    library.remember(name, Summary(results, walk.writes()), walk.reached)
