"""What a node that calls functions makes of what is known of its inputs."""

from __future__ import annotations

from collections.abc import Sequence

from servegate.graph.body import BrokenGraph, Node
from servegate.graph.facts import Fact, Substitution, Summary, union
from servegate.graph.library import Library
from servegate.graph.ops import CALLS, CASES, CONDITIONALS, LOOPS
from servegate.graph.rules import Step

_MAX_ROUNDS = 64
"""A loop whose facts still grow after so many rounds is taken to mix everything it is given."""


def call(library: Library, step: Step, callees: Sequence[str]) -> Summary:
    """The outputs of a node that calls `callees`, and what it writes.

    Raises `BrokenGraph` when a function is given another number of arguments than it takes.
    """
    op = step.node.op
    if op in LOOPS and op not in library:
        found = _loop(library, step.node, callees, step.inputs)
    elif op in CONDITIONALS | CASES and op not in library:
        found = _branches(library, step.node, callees, step.inputs)
    elif op in library or op in CALLS:
        found = _called(library, step.node, callees[0], step.inputs)
    else:
        found = _unknown(library, step, callees)
    return Summary(found.results, tuple((where, what | step.alive) for where, what in found.writes))


def _called(library: Library, node: Node, function: str, arguments: Sequence[Fact]) -> Summary:
    taken = library.body(function).arguments
    summary = library.summary(function)
    lists = library.has_lists(function)
    if lists:
        arguments = [union(arguments)] * taken
    elif taken != len(arguments):
        given = f"{len(arguments)} arguments to the function {function!r}, which takes {taken}"
        raise BrokenGraph([f"The node {node.name!r} gives {given}."])
    found = Substitution(library.layout.base, arguments).summary(summary)
    if not lists:
        return found
    return Summary((union(found.results)._replace(same=0),), found.writes)


def _branches(
    library: Library, node: Node, branches: Sequence[str], inputs: Sequence[Fact]
) -> Summary:
    """One of several functions: the first input, which chooses, affects everything."""
    if not inputs:
        raise BrokenGraph([f"The node {node.name!r} ({node.op}) has no input to choose by."])
    choice = inputs[0].value | inputs[0].holds
    taken = [_called(library, node, one, inputs[1:]) for one in branches]
    count = min(len(one.results) for one in taken)
    joined = [union([one.results[position] for one in taken]) for position in range(count)]
    return Summary(
        tuple(_affected(one, choice) for one in joined),
        tuple((where, what | choice) for one in taken for where, what in one.writes),
    )


def _loop(library: Library, node: Node, callees: Sequence[str], inputs: Sequence[Fact]) -> Summary:
    """Round after round, until nothing new is learnt; how many rounds there are affects all."""
    condition, body = callees
    state = list(inputs)
    for _ in range(_MAX_ROUNDS):
        test = _called(library, node, condition, state)
        after = _called(library, node, body, state)
        if not test.results or len(after.results) != len(state):
            raise BrokenGraph([f"The functions of the loop {node.name!r} do not fit each other."])
        choice = test.results[0].value | test.results[0].holds
        grown = [
            _affected(union([one, other]), choice)
            for one, other in zip(state, after.results, strict=True)
        ]
        if grown == state:
            break
        state = grown
    else:
        state = [_mixed([*state, *after.results])] * len(state)
        choice = state[0].value
    writes = (*test.writes, *after.writes)
    return Summary(tuple(state), tuple((where, what | choice) for where, what in writes))


def _unknown(library: Library, step: Step, callees: Sequence[str]) -> Summary:
    """An op that calls functions nobody knows how: they may do anything with what it is given."""
    mixed = _mixed(step.inputs)
    reached = 0
    for one in callees:
        reached |= library.reached(one)
    anything = library.rules.rule(step.node.op)(step).results[0]
    value = mixed.value | reached | anything.value
    holds = mixed.holds | reached | anything.holds
    return Summary((Fact(value, value, holds),), ((holds, value),))


def _affected(fact: Fact, choice: int) -> Fact:
    return fact._replace(value=fact.value | choice, shape=fact.shape | choice)


def _mixed(facts: Sequence[Fact]) -> Fact:
    flow = union(facts)
    value = flow.value | flow.shape | flow.holds
    return Fact(value, value, flow.holds)
