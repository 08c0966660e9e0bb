"""A model's functions: who calls whom, and what has been found out about each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from servegate.graph.body import Body, BrokenGraph, Node, function_body
from servegate.graph.facts import Fact, Summary
from servegate.graph.layout import Layout
from servegate.graph.ops import CALLS, CASES, CONDITIONALS, LOOPS, OpTable, Touches
from servegate.graph.rules import Rules

if TYPE_CHECKING:
    from servegate.savedmodel.protos import FunctionDef, GraphDef

CALLEE_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(CALLS, ("f",)),
    **dict.fromkeys(CONDITIONALS, ("then_branch", "else_branch")),
    **dict.fromkeys(CASES, ("branches",)),
    **dict.fromkeys(LOOPS, ("cond", "body")),
}
"""Ops that call functions in a way known here, and the attributes that name the functions."""


class Library:
    """The functions of one model, with the bits and rules that its graph and they share."""

    def __init__(self, graph: GraphDef, table: OpTable) -> None:
        self.layout = Layout(graph)
        self.rules = Rules(self.layout, table)
        self._table = table
        self._functions = {one.signature.name: one for one in graph.library.function}
        self.outputs = {name: _positions(one) for name, one in self._functions.items()}
        self._bodies: dict[str, Body] = {}
        self._summaries: dict[str, Summary] = {}
        self._reached: dict[str, int] = {}

    def __contains__(self, function: str) -> bool:
        return function in self._functions

    def body(self, function: str) -> Body:
        """The body of a function. Raises `BrokenGraph`."""
        if function not in self._bodies:
            self._bodies[function] = function_body(self._functions[function], self.outputs)
        return self._bodies[function]

    def has_lists(self, function: str) -> bool:
        """Whether one parameter or result of a function may stand for several tensors."""
        signature = self._functions[function].signature
        return any(
            one.number_attr or one.type_list_attr
            for one in (*signature.input_arg, *signature.output_arg)
        )

    def callees(self, node: Node) -> tuple[str, ...]:
        """The functions that a node calls, in the order of `CALLEE_ATTRIBUTES`.

        Raises `BrokenGraph` when a known kind of call names a function that does not exist.
        """
        if node.op in self._functions:  # TensorFlow looks here before it looks for an op
            return (node.op,)
        if node.proto is None:
            return ()
        attributes = CALLEE_ATTRIBUTES.get(node.op)
        if attributes is None:
            if self._table.touches(node.op) is not Touches.WORLD:
                return ()
            return tuple(one for one in _named(node, tuple(node.proto.attr)) if one in self)
        names = _named(node, attributes)
        absent = next((repr(one) for one in names if one not in self), None)
        if absent or len(names) < len(attributes):
            what = f"the function {absent}, which does not exist" if absent else "no function"
            raise BrokenGraph([f"The node {node.name!r} ({node.op}) calls {what}."])
        return names

    def remember(self, function: str, summary: Summary, reached: int) -> None:
        """Keeps what was found out; `reached` are the resources that it names by itself."""
        self._summaries[function] = summary
        self._reached[function] = reached

    def knows(self, function: str) -> bool:
        """Whether `remember` was called for a function."""
        return function in self._summaries

    def summary(self, function: str) -> Summary:
        """What is known of a function; of one that calls itself nothing: it may do anything."""
        if function in self._summaries:
            return self._summaries[function]
        body = self.body(function)
        everything = self.everything(body.arguments)
        fact = Fact(everything, everything, everything)
        return Summary((fact,) * len(body.results), ((everything, everything),))

    def reached(self, function: str) -> int:
        """The resources that a function and those it calls name by themselves."""
        return self._reached.get(function, self.layout.all_state)

    def everything(self, parameters: int) -> int:
        """All bits that a body with so many parameters can speak of."""
        return (1 << (self.layout.base + 3 * parameters)) - 1


def _positions(function: FunctionDef) -> dict[str, int]:
    return {one.name: position for position, one in enumerate(function.signature.output_arg)}


def _named(node: Node, attributes: tuple[str, ...]) -> tuple[str, ...]:
    """The functions that some attributes of a node name."""
    if node.proto is None:
        return ()
    names: list[str] = []
    for key in attributes:
        if key in node.proto.attr:
            value = node.proto.attr[key]
            if value.HasField("func"):
                names.append(value.func.name)
            elif value.HasField("list"):
                names.extend(one.name for one in value.list.func)
    return tuple(names)
