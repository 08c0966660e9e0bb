"""Answers that depend on other data than the request's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.reading import GraphReading, Reading
from servegate.findings import Finding, Location, Remark, Severity
from servegate.graph.body import BrokenGraph
from servegate.graph.dependence import SourceOp
from servegate.graph.opened import opened_paths
from servegate.graph.ops import Source
from servegate.providers import Absent, Later, NotApplicable
from servegate.savedmodel.reader import SavedModel
from servegate.wording import count, listed

_ELSEWHERE = {
    Source.ITERATOR: "reads rows of a data set that is in the graph",
    Source.QUEUE: "takes rows from a queue, which nobody fills in production",
    Source.FILE: "reads files while it answers",
    Source.HOST_CODE: "calls code of the process that exported it",
}
_Place = tuple[str, str]


@check(claims=("G03", "X03"))
def reads_only_its_input(
    candidate: Candidate,
    reading: Reading,
    saved_model: SavedModel,
    graph_reading: GraphReading,
    baseline_graph_reading: Later[GraphReading],
) -> Outcome:
    """An answer is made of the request and the weights.

    What it checks:
        By the graph, whether an output depends on the iterator of a data set, a queue, a file or
        code outside the graph, be it beside the request. It fails the candidate where the output
        of this name did not in the base version; it is advisory where it did, or where there is
        nothing to compare with. Random numbers, the clock and what requests leave behind are
        told of by other checks. A vocabulary that is loaded at the start is no such thing, and
        nor is an asset of the model: of files, only those count that the graph names by itself.

    Why it matters:
        The input pipeline of training that came along with the export feeds the model rows of
        its own. It answers every request, and with somebody else's data; and a file or an
        address that the training machine had is not there in production.

    Remedy:
        Export a function whose only inputs are its arguments.
    """
    if not graph_reading.dependences:
        raise NotApplicable("No signature can be read.")
    before = _of_base(baseline_graph_reading)
    opening = _opening(reading, saved_model)
    found = {
        place: [one for one in ops if one.source is not Source.FILE or place[0] in opening]
        for place, ops in _sources(graph_reading).items()
    }
    found = {place: ops for place, ops in found.items() if ops}
    for place, ops in found.items():
        yield from _of_output(candidate, place, ops, before)
    if not found:
        outputs = sum(len(one.outputs) for _, one in graph_reading.dependences)
        yield Remark(message=f"{count(outputs, 'output')} made of requests and weights alone.")


def _opening(reading: Reading, saved_model: SavedModel) -> frozenset[str]:
    """The signatures whose requests open a file that the graph names and that is no asset."""
    if reading.graph is None:
        return frozenset()
    try:
        return frozenset(one.signature for one in opened_paths(reading.graph, saved_model))
    except BrokenGraph:
        return frozenset()


def _sources(reading: GraphReading) -> Mapping[_Place, list[SourceOp]]:
    found: dict[_Place, list[SourceOp]] = defaultdict(list)
    for _, dependence in reading.dependences:
        for output in dependence.outputs:
            for one in output.sources:
                if one.source in _ELSEWHERE:
                    found[dependence.signature, output.name].append(one)
    return found


def _of_base(baseline_graph_reading: Later[GraphReading]) -> Mapping[_Place, set[Source]] | None:
    """Which kinds each output of the base version depends on; None where nobody knows."""
    try:
        reading = baseline_graph_reading()
    except Absent:
        return None
    found = _sources(reading)
    return {
        (dependence.signature, output.name): {
            one.source for one in found.get((dependence.signature, output.name), ())
        }
        for _, dependence in reading.dependences
        for output in dependence.outputs
    }


def _of_output(
    candidate: Candidate,
    place: _Place,
    ops: list[SourceOp],
    before: Mapping[_Place, set[Source]] | None,
) -> Iterator[Finding]:
    signature, name = place
    known = before is not None and place in before
    inherited = before.get(place, set()) if before is not None else set()
    new = [one for one in ops if one.source not in inherited]
    shown = new or ops
    what = listed(dict.fromkeys(_ELSEWHERE[one.source] for one in shown))
    names = listed(dict.fromkeys(one.op for one in shown))
    yield Finding(
        message=f"Output {name!r} of signature {signature!r} {what} ({names})."
        + ("" if new else " The base version's does so too."),
        expected="outputs that depend on the request and the weights alone",
        observed=f"a path from {names} to {name!r}",
        remedy="Export a function whose only inputs are its arguments: build the signature from "
        "a placeholder (`tf.function` with an input signature), not from the iterator, the queue "
        "or the file names of training.",
        location=Location(file=candidate.place),
        severity=None if new and known else Severity.ADVISORY,
        evidence={"signature": signature, "output": name, "ops": [one.op for one in shown]},
    )
