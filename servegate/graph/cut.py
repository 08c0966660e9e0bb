"""Where the paths end that lead backwards from an output which no input's value reaches."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from servegate.graph.body import ARGUMENT, Body, Node, Port
from servegate.graph.frames import Frame
from servegate.graph.library import CALLEE_ATTRIBUTES, Library
from servegate.graph.ops import (
    CASES,
    CONDITIONALS,
    LOOPS,
    PLACEHOLDERS,
    SHAPE_TAKERS,
    is_variable,
    makes_handle,
    source_of,
)

MAX_SHOWN = 50
_MAX_VISITED = 50_000
_MAX_FOUND = 200


class CutKind(StrEnum):
    """What a path ends at, those first that explain most."""

    SHAPE = "only the shape is used"
    UNFED = "a placeholder that is never fed"
    SOURCE = "its own source of data"
    CONSTANT = "a constant"
    VARIABLE = "a variable"
    STATE = "a table, queue or other state"
    OTHER = "an op without inputs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One node where a path ends; `node` leads through the calls to it, `call/inner/node`."""

    node: str
    op: str
    kind: CutKind


_Step = tuple[Frame, Port]


def find_cut(
    library: Library, body: Body, outputs: Iterable[Port], fed: frozenset[Port]
) -> tuple[Cut, ...]:
    """The ends of the paths, the telling ones first; at most `MAX_SHOWN`, and none twice."""
    search = _Search(library, fed)
    ends = itertools.islice(search.ends(Frame(body), outputs), _MAX_FOUND)
    found = {cut.node: cut for cut in ends}
    kinds = list(CutKind)
    ordered = sorted(found.values(), key=lambda one: (kinds.index(one.kind), one.node))
    return tuple(ordered[:MAX_SHOWN])


class _Search:
    """A walk backwards that enters functions, with an end to it in tangled graphs."""

    def __init__(self, library: Library, fed: frozenset[Port]) -> None:
        self._library = library
        self._fed = fed
        self._inner: dict[tuple[Frame, int, str], Frame] = {}

    def ends(self, top: Frame, outputs: Iterable[Port]) -> Iterator[Cut]:
        """The nodes from which no tensor leads further back."""
        pending: list[_Step] = [(top, port) for port in outputs if port not in self._fed]
        seen = set(pending)
        while pending and len(seen) < _MAX_VISITED:
            place, port = pending.pop()
            node = place.body.nodes[port.node]
            before = [] if node.op in SHAPE_TAKERS else list(self._before(place, port))
            if not before and node.op != ARGUMENT:
                yield Cut(node=place.path(node), op=node.op, kind=_kind(node))
            for one in before:
                if one not in seen and not (one[0].above is None and one[1] in self._fed):
                    seen.add(one)
                    pending.append(one)

    def _before(self, place: Frame, port: Port) -> Iterator[_Step]:
        """What a tensor is made of: its node's inputs, or the results of the function called."""
        node = place.body.nodes[port.node]
        if node.op == ARGUMENT:
            yield from self._passed(place, port.node)
            return
        callees = self._library.callees(node)
        if not callees or not self._is_understood(node, callees):
            yield from ((place, one) for one in node.inputs)
            return
        if node.op in LOOPS | CONDITIONALS | CASES:
            yield from ((place, one) for one in node.inputs[:1])
        for callee in callees:
            inner = self._enter(place, port.node, callee)
            results = inner.body.results
            chosen = results[port.output : port.output + 1] or results
            yield from ((inner, one) for one in chosen)

    def _passed(self, place: Frame, position: int) -> Iterator[_Step]:
        """The argument for a parameter; in a loop, what the last round made of it too."""
        if place.above is None:
            return
        call = place.above.body.nodes[place.call]
        first = 1 if call.op in CONDITIONALS | CASES else 0
        yield from (
            (place.above, one) for one in call.inputs[first + position : first + position + 1]
        )
        if call.op in LOOPS:
            body = self._enter(place.above, place.call, self._library.callees(call)[-1])
            yield from ((body, one) for one in body.body.results[position : position + 1])

    def _enter(self, place: Frame, call: int, callee: str) -> Frame:
        key = place, call, callee
        if key not in self._inner:
            body = self._library.body(callee)
            self._inner[key] = Frame(body, callee, call, place)
        return self._inner[key]

    def _is_understood(self, node: Node, callees: Iterable[str]) -> bool:
        known = node.op in self._library or node.op in CALLEE_ATTRIBUTES
        return known and not any(self._library.has_lists(one) for one in callees)


def _kind(node: Node) -> CutKind:
    kinds = (
        (node.op in SHAPE_TAKERS, CutKind.SHAPE),
        (node.op in PLACEHOLDERS, CutKind.UNFED),
        (source_of(node.op) is not None, CutKind.SOURCE),
        (node.op == "Const", CutKind.CONSTANT),
        (is_variable(node.op), CutKind.VARIABLE),
        (makes_handle(node.op), CutKind.STATE),
    )
    return next((kind for fits, kind in kinds if fits), CutKind.OTHER)
