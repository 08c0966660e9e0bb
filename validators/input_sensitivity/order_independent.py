"""The same request before and after another."""

from __future__ import annotations

import json

from servegate.checks import Outcome, check
from servegate.comparison import Difference, difference
from servegate.declarations import outlived, outputs_of, slips
from servegate.facts.change import Candidate
from servegate.facts.probes import Order
from servegate.facts.reading import GraphReading
from servegate.facts.settings import Settings
from servegate.findings import Finding, Location, Remark, Severity
from servegate.graph.dependence import OutputDependence
from servegate.graph.ops import Source
from servegate.providers import Absent, Later, NotApplicable
from servegate.wording import listed


@check(claims=("N02",), severity=Severity.ADVISORY)
def order_independent(
    candidate: Candidate,
    settings: Settings,
    graph_reading: GraphReading,
    baseline_graph_reading: Later[GraphReading],
    orders: Later[tuple[Order, ...]],
) -> Outcome:
    """An answer does not depend on the requests before it.

    What it checks:
        By the graph, whether an output depends on anything that a request can write: a variable
        that is assigned, a table that is filled. Where none does, that is a proof. Where one
        does, one request is sent, another, and the first again; its answers are compared. It
        always informs only: counters and streaming models are healthy. Outputs that are declared
        under `sensitivity: stateful:` pass, and one that is declared and keeps no state is named.

    Why it matters:
        A model that remembers answers one user with what another one sent, and two replicas of
        it answer differently.

    Remedy:
        Export the graph of inference. A model that is meant to remember declares the output.
    """
    yield from slips("stateful", "output", settings.stateful, graph_reading)
    declared = {one.name: one for one in settings.stateful}
    keeping = {
        (dependence.signature, output.name): output
        for _, dependence in graph_reading.dependences
        for output in dependence.outputs
        if output.state
    }
    for name in sorted(declared.keys() & outputs_of(graph_reading)):
        if not any(name == output for _, output in keeping):
            yield outlived("stateful", declared[name], "by the graph it keeps nothing.")
    if not keeping:
        yield Remark(message="By the graph, no request leaves a trace that an answer depends on.")
        return
    asked = orders()
    if not asked:
        raise NotApplicable(
            "whether answers depend on the requests before: no signature that keeps state "
            "answered two different inputs",
            enable="give `examples:` in servegate.yml",
        )
    before = _kept_before(baseline_graph_reading)
    for order in asked:
        moved = _moved(order)
        signature = order.after_other[0].probe.signature
        for name, apart in moved.items():
            output = keeping.get((signature, name))
            if output is not None and name not in declared and not _is_random(output):
                inherited = (signature, name) in before
                yield _finding(candidate, signature, output, apart, inherited=inherited)


def _is_random(output: OutputDependence) -> bool:
    """What is drawn differs from itself: `deterministic` tells of it."""
    return any(one.source is Source.RANDOM for one in output.sources)


def _moved(order: Order) -> dict[str, Difference]:
    """The outputs of which two answers to the one request differ."""
    first, *others = [
        one.outputs
        for one in (order.after_itself[0], *order.after_other, *order.after_itself[1:])
        if one.outputs
    ] or [{}]
    found: dict[str, Difference] = {}
    for other in others:
        for name in sorted(first.keys() & other.keys() - found.keys()):
            if (apart := difference(other[name], first[name])) is not None:
                found[name] = apart
    return found


def _kept_before(baseline_graph_reading: Later[GraphReading]) -> frozenset[tuple[str, str]]:
    """The outputs that depend on what requests write in the base version too."""
    try:
        dependences = baseline_graph_reading().dependences
    except Absent:
        return frozenset()
    return frozenset(
        (dependence.signature, output.name)
        for _, dependence in dependences
        for output in dependence.outputs
        if output.state
    )


def _finding(
    candidate: Candidate,
    signature: str,
    output: OutputDependence,
    apart: Difference,
    *,
    inherited: bool,
) -> Finding:
    written = listed(map(repr, output.state))
    declaration = json.dumps({output.name: "why"}, ensure_ascii=False)
    return Finding(
        message=f"Signature {signature!r} answers with what earlier requests left behind: output "
        f"{output.name!r} of one and the same request was {apart.right} once and {apart.left} "
        f"later. It depends on {written}, which requests write."
        + (" The base version's does too." if inherited else ""),
        expected="the same answer to the same request, whatever was asked before",
        observed=f"{apart.right}, then {apart.left}",
        remedy="Export the graph of inference, without the assignment. If the model is meant to "
        f"remember, say so in servegate.yml: sensitivity: {{stateful: {declaration}}}.",
        location=Location(file=candidate.place),
        evidence={"signature": signature, "output": output.name, "state": list(output.state)},
    )
