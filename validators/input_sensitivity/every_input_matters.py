"""Is there a path in the graph from each input to any output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.reading import GraphReading
from servegate.findings import Finding, Location, Severity
from servegate.graph.dependence import Dependence, Influence
from servegate.providers import Absent, Later, NotApplicable
from servegate.wording import listed


@check(claims=("G02",))
def every_input_matters(
    candidate: Candidate, graph_reading: GraphReading, baseline_graph_reading: Later[GraphReading]
) -> Outcome:
    """Every input has an effect on an output.

    What it checks:
        The graph of every signature: whether a path leads from the value of each input to any
        output. A key that is passed through has an effect; an input of which only the shape is
        read has none. An input without effect fails the candidate when the same input of the
        base version has one. It is advisory when the base version ignores it too (a policy's
        step type, a mask that only training reads), and where there is nothing to compare with.
        Signatures of which no output depends on any input are left to depends-on-input.

    Why it matters:
        A feature that was forgotten in the export changes no score and raises no error. Clients
        go on computing and sending it, and the model is worse than the one that was evaluated.

    Remedy:
        Connect the input and export again. An input that was dropped on purpose should leave the
        signature as well; if clients must go on sending it, say so with an `accept:` entry.
    """
    alive = [one for _, one in graph_reading.dependences if _depends(one)]
    if not alive:
        raise NotApplicable("No output of any signature depends on the value of an input.")
    for dependence in alive:
        if dependence.inputs_without_influence:
            yield from _of_signature(candidate, dependence, baseline_graph_reading)


def _depends(dependence: Dependence) -> bool:
    return any(one.strongest is Influence.VALUE for one in dependence.outputs)


def _of_signature(
    candidate: Candidate, dependence: Dependence, baseline: Later[GraphReading]
) -> Outcome:
    unused = dependence.inputs_without_influence
    try:
        before = _effects(baseline(), dependence.signature)
        unknown = "The base version has no such input that could be compared."
    except Absent as absent:
        before, unknown = {}, absent.reason
    dropped = [name for name in unused if before.get(name) is True]
    inherited = [name for name in unused if before.get(name) is False]
    first = [name for name in unused if name not in before]
    if dropped:
        yield _dropped(candidate, dependence, dropped)
    if inherited:
        yield _informing(candidate, dependence, inherited, "Inherited from the base version.")
    if first:
        yield _informing(candidate, dependence, first, unknown)


def _effects(base: GraphReading, signature: str) -> Mapping[str, bool]:
    """Whether each input of the base version's signature of this name has an effect."""
    found = (one for _, one in base.dependences if one.signature == signature and one.outputs)
    dependence = next(found, None)
    if dependence is None:
        return {}
    unused = dependence.inputs_without_influence
    return {name: name not in unused for name in dependence.outputs[0].inputs}


def _dropped(candidate: Candidate, dependence: Dependence, names: Sequence[str]) -> Finding:
    inputs = _quoted(names)
    return Finding(
        message=f"Signature {dependence.signature!r} no longer uses {inputs}, which an output of "
        "the base version depends on.",
        expected=f"an effect of {inputs} on an output, as in the base version",
        observed=_observed(dependence, names),
        remedy="Connect the input and export again. If it was dropped on purpose, take it out of "
        "the signature, or add to servegate.yml: "
        f"accept: [{{check: input_sensitivity/every-input-matters, model: {candidate.model}, "
        f'version: "{candidate.version}", reason: "…"}}]',
        location=Location(file=candidate.place),
        evidence={"signature": dependence.signature, "inputs": list(names)},
    )


def _informing(
    candidate: Candidate, dependence: Dependence, names: Sequence[str], why: str
) -> Finding:
    inputs = _quoted(names)
    return Finding(
        message=f"Signature {dependence.signature!r} ignores {inputs}, which no output depends on. "
        f"{why}",
        expected=f"an effect of {inputs} on an output",
        observed=_observed(dependence, names),
        remedy="If clients send it by convention alone, leave it so. Otherwise connect the input "
        "or take it out of the signature, and export again.",
        location=Location(file=candidate.place),
        severity=Severity.ADVISORY,
        evidence={"signature": dependence.signature, "inputs": list(names)},
    )


def _observed(dependence: Dependence, names: Sequence[str]) -> str:
    """Between which inputs and outputs no path leads, and of which inputs the shape is read."""
    outputs = _quoted(one.name for one in dependence.outputs)
    shaping = [
        name
        for name in names
        if any(one.inputs[name] is Influence.SHAPE for one in dependence.outputs)
    ]
    shapes = f"; only the shape of {_quoted(shaping)} is read" if shaping else ""
    return f"no path from the value of {_quoted(names)} to {outputs}{shapes}"


def _quoted(names: Iterable[str]) -> str:
    return listed(repr(one) for one in names)
