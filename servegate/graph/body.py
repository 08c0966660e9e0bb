"""One graph in a form that can be walked: the graph itself, or the body of a function.

A node's inputs are resolved to (node, port) once, by number; what cannot be resolved is collected
in `problems`, in sentences.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from servegate.graph.ops import MERGES, NEXT_ITERATIONS
from servegate.savedmodel.protos import FunctionDef, GraphDef, NodeDef

ARGUMENT = "_Arg"
"""The op of the nodes that stand for a function's parameters."""

MAX_PROBLEMS = 20
"""So many are listed; a graph with more is no less broken."""


class BrokenGraph(Exception):
    """The graph contradicts itself; `problems` are sentences that name the nodes."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))


class Port(NamedTuple):
    """One output of a node: the node by number, the output by position."""

    node: int
    output: int


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One node. `controls` are the nodes that must run before it."""

    name: str
    op: str
    inputs: tuple[Port, ...]
    controls: tuple[int, ...]
    proto: NodeDef | None  # None for a function's parameter


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Body:
    """A graph. `arguments` (numbered before all other nodes) and `results` are a function's.

    `controls` are the nodes of a function that its callers wait for.
    """

    name: str
    nodes: Sequence[Node]
    index: Mapping[str, int]
    arguments: int = 0
    results: tuple[Port, ...] = ()
    parameter_types: tuple[int, ...] = ()
    controls: tuple[int, ...] = ()


# Ops with several named outputs, where the analysis tells the outputs apart.
_OUTPUTS = {"output_true": 1, "value_index": 1}


@dataclass(slots=True)
class _Builder:
    """Resolves the inputs of nodes; `outputs` are the output names of the library's functions."""

    name: str
    outputs: Mapping[str, Mapping[str, int]]
    nodes: list[Node] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def enlist(self, names: Iterable[str], start: int) -> None:
        for number, name in enumerate(names, start):
            if self.index.setdefault(name, number) != number:
                self.complain(f"Two nodes{self.where} are called {name!r}.")

    def add(self, proto: NodeDef, ops: Sequence[str]) -> None:
        data: list[Port] = []
        controls: list[int] = []
        for text in proto.input:
            if text[:1] == "^":
                number = self.index.get(text[1:])
                if number is not None:
                    controls.append(number)
            else:
                port = self.port(text, ops)
                number = None if port is None else port.node
                if port is not None:
                    data.append(port)
            if number is None:
                self.complain(
                    f"The input {text!r} of node {proto.name!r}{self.where} does not exist."
                )
        self.nodes.append(Node(proto.name, proto.op, tuple(data), tuple(controls), proto))

    def port(self, text: str, ops: Sequence[str]) -> Port | None:
        """The tensor of a name: `node`, `node:1`, or in functions `node:output_name:1`."""
        name, _, rest = text.partition(":")
        node = self.index.get(name)
        if node is None:
            return None
        if not rest:
            return Port(node, 0)
        output, colon, position = rest.partition(":")
        if not colon:
            return Port(node, int(output)) if _is_small(output) else None
        if not _is_small(position):
            return None
        named = self.outputs.get(ops[node], _OUTPUTS)
        return Port(node, named.get(output, 0) + int(position))

    def complain(self, problem: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    @property
    def where(self) -> str:
        return f" of function {self.name!r}" if self.name else ""


def _is_small(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 7


def graph_body(graph: GraphDef, outputs: Mapping[str, Mapping[str, int]]) -> Body:
    """The top-level graph. Raises `BrokenGraph` for duplicate nodes and inputs without a node."""
    builder = _Builder(name="", outputs=outputs)
    ops = [node.op for node in graph.node]
    builder.enlist((node.name for node in graph.node), 0)
    for node in graph.node:
        builder.add(node, ops)
    if builder.problems:
        raise BrokenGraph(builder.problems)
    return Body(name="", nodes=builder.nodes, index=builder.index)


def function_body(function: FunctionDef, outputs: Mapping[str, Mapping[str, int]]) -> Body:
    """The body of a function. Raises `BrokenGraph` as `graph_body`, and for missing results."""
    signature = function.signature
    builder = _Builder(name=signature.name, outputs=outputs)
    parameters = [one.name for one in signature.input_arg]
    builder.nodes = [Node(name, ARGUMENT, (), (), None) for name in parameters]
    ops = [ARGUMENT] * len(parameters) + [node.op for node in function.node_def]
    builder.enlist([*parameters, *(node.name for node in function.node_def)], 0)
    for node in function.node_def:
        builder.add(node, ops)
    results = []
    for one in signature.output_arg:
        port = builder.port(function.ret.get(one.name, ""), ops)
        if port is None:
            builder.complain(f"The result {one.name!r}{builder.where} does not exist.")
        else:
            results.append(port)
    if builder.problems:
        raise BrokenGraph(builder.problems)
    return Body(
        name=signature.name,
        nodes=builder.nodes,
        index=builder.index,
        arguments=len(parameters),
        results=tuple(results),
        parameter_types=tuple(one.type for one in signature.input_arg),
        controls=tuple(
            builder.index[name] for name in function.control_ret.values() if name in builder.index
        ),
    )


def closure(body: Body, wanted: Iterable[int], fed: frozenset[Port]) -> list[int]:
    """The nodes that run when `wanted` are fetched: everything before them, but for what is fed."""
    pending = list(wanted)
    seen = set(pending)
    while pending:
        node = body.nodes[pending.pop()]
        for before in (*(port.node for port in node.inputs if port not in fed), *node.controls):
            if before not in seen:
                seen.add(before)
                pending.append(before)
    return sorted(seen)


def in_order(body: Body, chosen: Sequence[int]) -> list[int]:
    """`chosen` with every node after those it depends on; loops are cut where they jump back.

    Raises `BrokenGraph` for a cycle without a NextIteration.
    """
    members = set(chosen)
    waiting = dict.fromkeys(chosen, 0)
    users: dict[int, list[int]] = {}
    for number in chosen:
        for before in _forward(body, body.nodes[number]):
            if before in members:
                waiting[number] += 1
                users.setdefault(before, []).append(number)
    ready = [number for number in chosen if not waiting[number]]
    heapq.heapify(ready)
    order = []
    while ready:
        number = heapq.heappop(ready)
        order.append(number)
        for user in users.get(number, ()):
            waiting[user] -= 1
            if not waiting[user]:
                heapq.heappush(ready, user)
    if len(order) < len(chosen):
        stuck = next(number for number in chosen if waiting[number])
        raise BrokenGraph(
            [f"The node {body.nodes[stuck].name!r} depends on itself, or on nodes that do."]
        )
    return order


def _forward(body: Body, node: Node) -> Iterator[int]:
    yield from node.controls
    jumps_back = node.op in MERGES
    for port in node.inputs:
        if not (jumps_back and body.nodes[port.node].op in NEXT_ITERATIONS):
            yield port.node
