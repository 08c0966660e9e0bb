"""Two servers with the candidate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servegate.checks import Outcome, check
from servegate.comparison import default_tolerance, difference
from servegate.facts.change import Candidate
from servegate.facts.probes import Repeat
from servegate.facts.reading import GraphReading
from servegate.findings import Finding, Location, Remark, Severity
from servegate.graph.usage import unlike_elsewhere
from servegate.providers import Absent, Later, NotApplicable
from servegate.reactions import restless
from servegate.savedmodel.reader import SavedModel
from servegate.wording import count, listed


@check(claims=("N05",))
def same_everywhere(
    candidate: Candidate,
    saved_model: SavedModel,
    repeats: Later[tuple[Repeat, ...]],
    second_start: Later[tuple[Repeat, ...]],
    graph_reading: GraphReading,
    baseline_second_start: Later[tuple[Repeat, ...]],
) -> Outcome:
    """Two servers that start with the candidate give the same answers.

    What it checks:
        Whether the graph has ops that draw numbers, or that read clocks, files or other code: one
        without any is the same everywhere, and nothing has to be asked. Else the same requests go
        to the candidate in two servers, and are compared above what summation order moves. What
        differs within one server already (a sampler, a counter) says nothing and is left out; an
        output that depends on what requests write is worth a word only. So is what the base
        version does in the same way.

    Why it matters:
        Weights that are drawn when the model is loaded, or a table that is read in another order,
        make every replica of production answer otherwise, and every restart a new model.

    Remedy:
        Look for an initialiser that runs after the weights are restored (`main_op`,
        `legacy_init_op`), and for random ops in it.
    """
    ops = unlike_elsewhere(saved_model.meta_graph.graph_def)
    if not ops:
        yield Remark(message="No op of the graph could give something else in another server.")
        return
    asked = second_start()
    if not any(one.first.answered for one in asked):
        raise NotApplicable("No request was answered in two servers.")
    found = tuple(_apart(asked, restless(repeats())))
    if not found:
        return
    written = _written(graph_reading)
    inherited = _inherited(baseline_second_start)
    for signature, name, text, number in found:
        advisory = inherited or (signature, name) in written
        yield Finding(
            message=f"Two servers with version {candidate.version} answer the same request "
            f"differently: {name!r} of {signature!r} was {text}."
            + (" Version by version this was so before (inherited)." if inherited else ""),
            expected="the same answers from every server that loads this version",
            observed=f"{text}, in {count(number, 'request')} of {len(asked)}",
            remedy="Look for an initialiser that runs after the weights are restored, and for "
            f"{listed(ops)} in it.",
            location=Location(file=candidate.place),
            severity=Severity.ADVISORY if advisory else None,
        )


def _apart(asked: Sequence[Repeat], moving: frozenset[str]) -> Iterator[tuple[str, str, str, int]]:
    """Signature, output, the first difference in words, and in how many requests there is one."""
    found: dict[tuple[str, str], list[str]] = {}
    for repeat in asked:
        first, second = repeat.first.outputs or {}, repeat.second.outputs or {}
        for name in sorted(first.keys() & second.keys() - moving):
            apart = difference(second[name], first[name], default_tolerance(first[name]))
            if apart is not None:
                found.setdefault((repeat.first.probe.signature, name), []).append(str(apart))
    for (signature, name), told in found.items():
        yield signature, name, told[0], len(told)


def _written(graph_reading: GraphReading) -> frozenset[tuple[str, str]]:
    """The outputs that depend on what requests write."""
    return frozenset(
        (dependence.signature, output.name)
        for _, dependence in graph_reading.dependences
        for output in dependence.outputs
        if output.state
    )


def _inherited(baseline_second_start: Later[tuple[Repeat, ...]]) -> bool:
    """Whether two servers with the base version differ too, beyond what one does by itself."""
    try:
        return any(True for _ in _apart(baseline_second_start(), frozenset()))
    except Absent:
        return False
