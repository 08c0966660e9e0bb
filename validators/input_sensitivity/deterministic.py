"""The same request, asked twice."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from servegate.checks import Outcome, check
from servegate.comparison import Difference, difference
from servegate.declarations import outlived, outputs_of, slips
from servegate.facts.change import Candidate
from servegate.facts.probes import Repeat
from servegate.facts.reading import GraphReading
from servegate.facts.settings import Settings
from servegate.findings import Finding, Location, Severity
from servegate.graph.dependence import OutputDependence
from servegate.providers import NotApplicable
from servegate.wording import count, listed

_REMEDY = (
    "Export the graph of inference (`training=False`), in which dropout and noise do nothing. A "
    "model that is meant to sample says so in servegate.yml: sensitivity: {{stochastic: {}}}."
)


@check(claims=("N01",), severity=Severity.ADVISORY)
def deterministic(
    candidate: Candidate,
    settings: Settings,
    repeats: tuple[Repeat, ...],
    graph_reading: GraphReading,
) -> Outcome:
    """The same request gets the same answer.

    What it checks:
        A few requests that every signature has answered are asked twice more, and the two
        answers compared. The last digits may differ, which is what a change of summation order
        does. It always informs only: samplers are healthy. Outputs that are declared under
        `sensitivity: stochastic:` pass, and one that is declared and is not random is named.
        What depends on earlier requests, and on nothing random, is left to order-independent.

    Why it matters:
        Dropout that was left on in the export makes every score a little wrong, and no two
        answers alike. Nothing else gives it away.

    Remedy:
        Export the graph of inference (`training=False`). The finding names the random ops, and
        the variables that requests write, which the differing output depends on.
    """
    yield from slips("stochastic", "output", settings.stochastic, graph_reading)
    by_signature: dict[str, list[Repeat]] = defaultdict(list)
    for repeat in repeats:
        by_signature[repeat.first.probe.signature].append(repeat)
    if not by_signature:
        raise NotApplicable("No request was answered, and so none was repeated.")
    declared = {one.name: one for one in settings.stochastic}
    moving: set[str] = set()
    for signature, asked in by_signature.items():
        refused = next((one for one in asked if one.first.answered != one.second.answered), None)
        apart = _apart(asked)
        moving |= apart.keys()
        for name in declared.keys() | _remembering(signature, graph_reading):
            apart.pop(name, None)
        if apart:
            yield _differing(candidate, signature, apart, len(asked), graph_reading)
        elif refused is not None:
            yield _refused(candidate, signature, refused)
    for name in sorted(declared.keys() & outputs_of(graph_reading) - moving):
        if not _sources(_outputs({name}, graph_reading)):
            yield outlived("stochastic", declared[name], "it is not random.")


def _remembering(signature: str, graph_reading: GraphReading) -> frozenset[str]:
    """The outputs that earlier requests move, and nothing random."""
    return frozenset(
        output.name
        for _, dependence in graph_reading.dependences
        if dependence.signature == signature
        for output in dependence.outputs
        if output.state and not output.sources
    )


def _outputs(names: Collection[str], graph_reading: GraphReading) -> list[OutputDependence]:
    return [
        output
        for _, dependence in graph_reading.dependences
        for output in dependence.outputs
        if output.name in names
    ]


def _apart(asked: Sequence[Repeat]) -> dict[str, Difference]:
    """The outputs that differ, and how they do for the first probe that shows it."""
    found: dict[str, Difference] = {}
    for repeat in asked:
        first, second = repeat.first.outputs or {}, repeat.second.outputs or {}
        for name in sorted(first.keys() & second.keys() - found.keys()):
            if (apart := difference(first[name], second[name])) is not None:
                found[name] = apart
    return found


def _differing(
    candidate: Candidate,
    signature: str,
    apart: Mapping[str, Difference],
    asked: int,
    graph_reading: GraphReading,
) -> Finding:
    cause = _cause(signature, apart, graph_reading)
    shown = listed((f"{name!r} was {found}" for name, found in apart.items()), most=3)
    return Finding(
        message=f"Signature {signature!r} answers the same request differently each time: {shown}."
        + (f" It depends on {cause}." if cause else ""),
        expected="the same answer to the same request",
        observed=f"{shown}, of {count(asked, 'request')} asked twice",
        remedy=_REMEDY.format(_declaration(apart)),
        location=Location(file=candidate.place),
        evidence={
            "signature": signature,
            "requests": asked,
            "largest": {name: found.largest for name, found in apart.items()},
            "depends_on": cause,
        },
    )


def _refused(candidate: Candidate, signature: str, repeat: Repeat) -> Finding:
    refusal = repeat.first.refusal or repeat.second.refusal
    return Finding(
        message=f"Signature {signature!r} answers a request and refuses the very same one.",
        expected="the same answer to the same request",
        observed=f"{repeat.first.probe.label}: {refusal}",
        remedy=_REMEDY.format(_declaration(repeat.first.outputs or repeat.second.outputs or {})),
        location=Location(file=candidate.place),
        evidence={"signature": signature},
    )


def _declaration(names: Iterable[str]) -> str:
    return json.dumps(dict.fromkeys(sorted(names), "why"), ensure_ascii=False)


def _cause(signature: str, names: Mapping[str, object], graph_reading: GraphReading) -> str:
    """What the graph says that these outputs depend on beside the request and the weights."""
    outputs = [
        output
        for _, dependence in graph_reading.dependences
        if dependence.signature == signature
        for output in dependence.outputs
        if output.name in names
    ]
    written = dict.fromkeys(repr(name) for output in outputs for name in output.state)
    state = [f"what requests write to {listed(written)}"] if written else []
    return " and ".join([*_sources(outputs), *state])


def _sources(outputs: Sequence[OutputDependence]) -> list[str]:
    ops: dict[str, dict[str, None]] = defaultdict(dict)
    for output in outputs:
        for one in output.sources:
            ops[one.source.value][one.op] = None
    return [f"{source} ({listed(names)})" for source, names in ops.items()]
