"""Outputs whose names stay, and which hold something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from servegate.checks import Outcome, check
from servegate.comparison import difference
from servegate.facts.change import Candidate
from servegate.facts.probes import Replies
from servegate.facts.reading import GraphReading
from servegate.findings import Finding, Location, Remark, Severity
from servegate.graph.dependence import Dependence, OutputDependence
from servegate.providers import Absent, Later
from servegate.wording import count


@check(claims=("C08",))
def outputs_mean_what_they_did(
    candidate: Candidate,
    graph_reading: GraphReading,
    baseline_graph_reading: GraphReading,
    baseline_replies: Later[Replies],
) -> Outcome:
    """An output is not another one, nor an input, under its old name.

    What it checks:
        By the graph, through functions and whatever only passes a tensor on: whether two outputs
        that were two tensors in the base version are one in the candidate, and whether an output
        that the base version computed is an input that is handed back. It fails the candidate
        where the base version's answers show that the two were different things; where the base
        version cannot be asked, it informs. New outputs may be either.

    Why it matters:
        A copied line in the export: every name is there, every shape is right, and clients read
        one number for the other.

    Remedy:
        Give each output its own tensor where the signature is built, and export again.
    """
    before = {one.signature: one for _, one in baseline_graph_reading.dependences}
    examined = 0
    for _, dependence in graph_reading.dependences:
        base = before.get(dependence.signature)
        if base is not None:
            examined += len(dependence.outputs)
            for pair in _merged(dependence, base):
                told_apart = _told_apart(pair, baseline_replies)
                if told_apart is not False:
                    yield _finding(candidate, pair, told_apart=told_apart)
    yield Remark(message=f"{count(examined, 'output')} compared with the base version's.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """An output, and the output or input that is the same tensor now, and was not before."""

    signature: str
    name: str
    other: str
    is_input: bool

    def __str__(self) -> str:
        return f"{'input' if self.is_input else 'output'} {self.other!r}"


def _merged(dependence: Dependence, base: Dependence) -> Iterator[_Pair]:
    before = {one.name: one for one in base.outputs}
    told: set[str] = set()
    for output in dependence.outputs:
        if output.name not in before or output.name in told:
            continue
        aliases = _aliases(output, before)
        copied = [one for one in output.identical_to if one not in before[output.name].identical_to]
        told.update(aliases)
        for other in (aliases or copied)[:1]:
            yield _Pair(
                signature=dependence.signature,
                name=output.name,
                other=other,
                is_input=not aliases,
            )


def _told_apart(pair: _Pair, baseline_replies: Later[Replies]) -> bool | None:
    """Whether the two were different things in the base version; None where nobody knows."""
    try:
        said = baseline_replies().answered(pair.signature)
    except Absent:
        return None
    found = None
    for one in said:
        outputs = one.outputs or {}
        values = one.probe.inputs if pair.is_input else outputs
        if pair.name in outputs and pair.other in values:
            left, right = outputs[pair.name], values[pair.other]
            if left.dtype.kind != right.dtype.kind or difference(left, right) is not None:
                return True
            found = False
    return found


def _aliases(output: OutputDependence, before: Mapping[str, OutputDependence]) -> list[str]:
    then = before[output.name].same_as
    return [name for name in output.same_as if name in before and name not in then]


def _finding(candidate: Candidate, pair: _Pair, *, told_apart: bool | None) -> Finding:
    return Finding(
        message=f"Output {pair.name!r} of signature {pair.signature!r} is {pair} under another "
        "name; the base version computes it"
        + (", and answers with something else." if told_apart else "."),
        expected=f"a tensor of its own for {pair.name!r}, as in the base version",
        observed=f"{pair.name!r} is the same tensor as {pair}",
        remedy="Look where the signature's outputs are put together for a name that stands "
        "twice, or for a value that is returned as it came in, and export again.",
        location=Location(file=candidate.place),
        severity=None if told_apart else Severity.ADVISORY,
        evidence={"signature": pair.signature, "output": pair.name, "same_as": pair.other},
    )
