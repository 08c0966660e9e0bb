"""Bodies as they are reached through calls, and following a tensor back through them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from servegate.graph.body import ARGUMENT, Body, Node, Port, closure
from servegate.graph.library import Library
from servegate.graph.ops import CASES, CONDITIONALS, LOOPS, SAME, OpTable, Touches

MAX_FRAMES = 5_000
"""More calls than this, one inside the other, are not followed: nobody exports so many by hand."""

_MAX_STEPS = 1_000

# They reach beyond the graph and are pruned all the same where nobody wants their output.
_PRUNED = frozenset({"ReadFile", "MatchingFiles"})


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A body as it is reached through one chain of calls; `call` is the last one's node."""

    body: Body
    callee: str = ""
    call: int = -1
    above: Frame | None = None

    def path(self, node: Node) -> str:
        """The node's name after those of the calls that lead to it."""
        names = [node.name]
        frame = self
        while frame.above is not None:
            names.append(frame.above.body.nodes[frame.call].name)
            frame = frame.above
        return "/".join(reversed(names))

    @property
    def chain(self) -> tuple[int, ...]:
        """The numbers of the nodes that call, the innermost first."""
        numbers = []
        frame = self
        while frame.above is not None:
            numbers.append(frame.call)
            frame = frame.above
        return tuple(numbers)


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """The node that makes a tensor, and which of its outputs that is."""

    frame: Frame
    node: Node
    number: int
    output: int

    @property
    def path(self) -> str:
        """The node's name after those of the calls that lead to it."""
        return self.frame.path(self.node)

    @property
    def place(self) -> tuple[int, ...]:
        """What tells the node from all others: its number after those of the calls to it."""
        return (self.number, *self.frame.chain)


class Execution:
    """Everything that runs when some nodes of the top-level graph are fetched.

    Functions are entered anew at each of their calls. Raises `BrokenGraph` while it is walked.
    """

    def __init__(self, library: Library, body: Body, wanted: Iterable[int]) -> None:
        self._library = library
        self._table = OpTable()
        self._top = Frame(body)
        self._wanted = tuple(wanted)

    def nodes(self) -> Iterator[Origin]:
        """Every node that runs, once for each chain of calls that leads to it."""
        pending = [(self._top, closure(self._top.body, self._wanted, frozenset()))]
        entered = 1
        while pending:
            frame, chosen = pending.pop()
            for number in chosen:
                node = frame.body.nodes[number]
                yield Origin(frame, node, number, 0)
                for callee in self._library.callees(node):
                    if entered < MAX_FRAMES and not _is_in(frame, callee):
                        entered += 1
                        inner = self._library.body(callee)
                        pending.append((Frame(inner, callee, number, frame), self._running(inner)))

    def origin(self, frame: Frame, port: Port) -> Origin:
        """Where a tensor comes from, through what passes it on and into and out of functions."""
        for _ in range(_MAX_STEPS):
            before = self._before(frame, port)
            if before is None:
                break
            frame, port = before
        return Origin(frame, frame.body.nodes[port.node], port.node, port.output)

    def _before(self, frame: Frame, port: Port) -> tuple[Frame, Port] | None:
        node = frame.body.nodes[port.node]
        if node.op == ARGUMENT:
            return _argument(frame, port.node)
        if node.op in SAME and port.output == 0 and node.inputs:
            return frame, node.inputs[0]
        if node.op == "IdentityN" and port.output < len(node.inputs):
            return frame, node.inputs[port.output]
        callees = self._library.callees(node)
        if len(callees) != 1 or node.op in LOOPS | CONDITIONALS | CASES:
            return None
        inner = self._library.body(callees[0])
        if port.output >= len(inner.results) or self._library.has_lists(callees[0]):
            return None
        return Frame(inner, callees[0], port.node, frame), inner.results[port.output]

    def _running(self, body: Body) -> list[int]:
        """The nodes of a function that run: what is wanted of it, and what has effects."""
        effects = (
            number
            for number, node in enumerate(body.nodes)
            if node.op not in _PRUNED and self._table.touches(node.op) is not Touches.NOTHING
        )
        wanted = [*(one.node for one in body.results), *body.controls, *effects]
        return closure(body, wanted, frozenset())


def _is_in(frame: Frame, callee: str) -> bool:
    """Whether a function is already being run: it calls itself."""
    above: Frame | None = frame
    while above is not None:
        if above.callee == callee:
            return True
        above = above.above
    return False


def _argument(frame: Frame, position: int) -> tuple[Frame, Port] | None:
    """What a call gives for a parameter; None at the top, and in loops, whose rounds change it."""
    if frame.above is None:
        return None
    call = frame.above.body.nodes[frame.call]
    if call.op in LOOPS:
        return None
    position += call.op in CONDITIONALS | CASES
    return (frame.above, call.inputs[position]) if position < len(call.inputs) else None
