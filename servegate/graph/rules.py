"""What one op makes of what is known of its inputs, for ops that call no function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from servegate.graph.body import ARGUMENT, Node
from servegate.graph.facts import WORLD, Fact, Summary, union
from servegate.graph.layout import Layout
from servegate.graph.ops import (
    MERGES,
    SAME,
    SHAPE_TAKERS,
    SWITCHES,
    OpTable,
    Touches,
    makes_handle,
    only_reads,
)
from servegate.graph.shapes import SHAPE_OPERANDS

_HANDLE_TYPES = frozenset({20, 21})  # DT_RESOURCE, DT_VARIANT


class Step(NamedTuple):
    """A node with what flows into it. `alive`: what decides whether it runs at all.

    Only TensorFlow 1's control flow leaves nodes out: what a Switch turns away is dead, and so is
    everything after it, also after a control edge, up to a Merge that takes the living input.
    """

    node: Node
    inputs: Sequence[Fact]
    alive: int


Rule = Callable[[Step], Summary]

_NOTHING = Summary((Fact(),), ())


class Rules:
    """The rules of one model's ops."""

    def __init__(self, layout: Layout, table: OpTable) -> None:
        self._layout = layout
        self._table = table
        self._chosen: dict[str, Rule] = {}

    def rule(self, op: str) -> Rule:
        """The rule of an op; the first that fits, from the most particular one."""
        chosen = self._chosen.get(op)
        if chosen is None:
            chosen = self._chosen[op] = self._choose(op)
        return chosen

    def _choose(self, op: str) -> Rule:
        particular: list[tuple[bool, Rule]] = [
            (op in MERGES, _merge),
            (op in SWITCHES, _switch),
            (op in SAME, _same),
            (op == "IdentityN", _each),
            (op in SHAPE_TAKERS, _shape_taken),
            (makes_handle(op), self._handle),
            (only_reads(op), _read),
            (op in SHAPE_OPERANDS, self._known_shape),
        ]
        for fits, rule in particular:
            if fits:
                return rule
        touches = self._table.touches(op)
        if touches is Touches.NOTHING or op == ARGUMENT:
            return self._pure
        return self._write_handles if touches is Touches.HANDLES else self._anything

    def _handle(self, step: Step) -> Summary:
        """Makes a handle; its inputs (a size, a default) are part of what is found behind it."""
        if step.node.proto is None:
            return _one(Fact())
        flow = union(step.inputs)
        bit = self._layout.resource_bit(step.node.proto)
        source = self._layout.source_bit(step.node.op)
        return _one(Fact(flow.value | flow.holds | source, flow.value, bit | flow.holds))

    def _known_shape(self, step: Step) -> Summary:
        """Values follow from all inputs, the shape from shapes and from some inputs' values."""
        flow = union(step.inputs)
        holds = flow.holds if _carries_handles(step.node) else 0
        source = self._layout.source_bit(step.node.op)
        return _one(Fact(flow.value | flow.holds | source, _shape(step, flow), holds))

    def _pure(self, step: Step) -> Summary:
        """Everything follows from everything that goes in."""
        if not step.inputs and not self._layout.source_bit(step.node.op):
            return _NOTHING  # constants are half of many graphs
        flow = union(step.inputs)
        value = flow.value | flow.holds
        return _one(Fact(value | self._layout.source_bit(step.node.op), value, flow.holds))

    def _write_handles(self, step: Step) -> Summary:
        """Reads and writes the resources whose handles it is given."""
        flow = union(step.inputs)
        value = flow.value | flow.holds | self._layout.source_bit(step.node.op)
        written = ((flow.holds, value | step.alive),) if flow.holds else ()
        return Summary((Fact(value, value, flow.holds),), written)

    def _anything(self, step: Step) -> Summary:
        """Reads and writes its resources, and the world that all such ops share."""
        flow = union(step.inputs)
        value = flow.value | flow.holds | self._layout.source_bit(step.node.op) | WORLD
        holds = flow.holds | WORLD
        return Summary((Fact(value, value, holds),), ((holds, value | step.alive),))


def _one(fact: Fact) -> Summary:
    return Summary((fact,), ())


def _merge(step: Step) -> Summary:
    """Whichever input is alive: what decides about that decides about the value and the shape."""
    flow = union(step.inputs)
    taken = flow._replace(value=flow.value | step.alive, shape=flow.shape | step.alive)
    return Summary((taken, Fact(step.alive)), ())  # the second output says which it was


def _switch(step: Step) -> Summary:
    """The data, on one of the outputs; that the other is dead is told by `Step.alive`."""
    return _one(step.inputs[0] if step.inputs else Fact())


def _same(step: Step) -> Summary:
    flow = step.inputs[0] if step.inputs else Fact()
    if not flow.holds or step.node.op.startswith("Ref") or _carries_handles(step.node):
        return _one(flow)
    # The value of a reference variable is read here, and what comes out is no handle any more.
    return _one(
        Fact(flow.value | flow.holds, flow.shape | flow.holds, 0, flow.same),
    )


def _each(step: Step) -> Summary:
    return Summary(tuple(step.inputs), ())


def _shape_taken(step: Step) -> Summary:
    """A function of its inputs' shapes alone, each output of its own input's."""
    taken = tuple(Fact(one.shape | one.holds, one.shape | one.holds) for one in step.inputs)
    return Summary(taken, ()) if taken else _one(Fact())


def _read(step: Step) -> Summary:
    """Reads the resources whose handles it is given, and leaves them as they are."""
    flow = union(step.inputs)
    value = flow.value | flow.holds
    return _one(Fact(value, _shape(step, flow) if step.node.op in SHAPE_OPERANDS else value))


def _shape(step: Step, flow: Fact) -> int:
    shape = flow.shape | flow.holds
    for position in SHAPE_OPERANDS[step.node.op]:
        if -len(step.inputs) <= position < len(step.inputs):
            shape |= step.inputs[position].value
    return shape


def _carries_handles(node: Node) -> bool:
    """Whether a node's tensors may be handles; so they may where its type is not said."""
    if node.proto is None or "T" not in node.proto.attr:
        return True
    return node.proto.attr["T"].type in _HANDLE_TYPES
