"""Whether an answer depends on the requests before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servegate.evidence.asking import Interview
from servegate.facts.probes import Order, Probe, Replies
from servegate.facts.reading import GraphReading
from servegate.providers import NotApplicable, Stage, provides


@provides(stage=Stage.SERVER)
def orders(
    replies: Replies, interview: Interview, graph_reading: GraphReading
) -> tuple[Order, ...]:
    """Asks one thing, another, and the first again, where the graph lets requests leave a trace."""
    keeping = [
        dependence.signature
        for _, dependence in graph_reading.dependences
        if any(output.state for output in dependence.outputs)
    ]
    if not keeping:
        raise NotApplicable("By the graph, no request leaves a trace that an answer depends on.")
    return tuple(
        one
        for name in keeping
        for one in _of_signature(interview, [one.probe for one in replies.answered(name)])
    )


def _of_signature(interview: Interview, answered: Sequence[Probe]) -> Iterator[Order]:
    if len(answered) < 2:
        return
    probe, other = answered[:2]
    asked = [interview.ask_alone(one) for one in (probe, probe, other, probe, probe)]
    yield Order(after_itself=(asked[1], asked[4]), after_other=(asked[3],))
