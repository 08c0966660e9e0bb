"""Whether a row is answered as it is when it travels with others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from servegate.evidence.asking import Interview, batches
from servegate.evidence.interviews import excused
from servegate.facts.probes import Company, Probe, Replies, Reply
from servegate.facts.serving import Answer, RequestRefused, Tensors
from servegate.providers import Stage, provides

_PROBES = 3
_ROWS = _PROBES + 1
"""Of the first batch. The second one has one less, which tells rows from lists that are as long."""


@provides(stage=Stage.SERVER)
def company(replies: Replies, interview: Interview) -> tuple[Company, ...]:
    """Asks each signature a few of the probes that it has answered alone and in two batches."""
    return tuple(
        one
        for name, _ in replies
        for one in _of_batch(interview, _chosen([one.probe for one in replies.answered(name)]))
    )


@provides(stage=Stage.SERVER)
def baseline_company(
    company: tuple[Company, ...], baseline_interview: Interview
) -> tuple[Company, ...]:
    """Asks the base version the very same."""
    probes = [one.alone.probe for one in company]
    with excused(baseline_interview.version):
        return tuple(
            one
            for _, asked in groupby(probes, key=lambda probe: probe.signature)
            for one in _of_batch(baseline_interview, list(asked))
        )


def _chosen(answered: Sequence[Probe]) -> Sequence[Probe]:
    """The best that can travel together; none where fewer than two can."""
    able = (batch[:_PROBES] for batch in batches(answered) if len(batch) > 1)
    return next(able, [])


def _of_batch(interview: Interview, probes: Sequence[Probe]) -> Iterator[Company]:
    if not probes:
        return
    # Padding repeats a row too: TF Serving's batching does so to come to an allowed size.
    longer = [*probes, *[probes[0]] * (_ROWS - len(probes))]
    shorter = longer[-2::-1]
    try:
        first, second = interview.ask_together(longer), interview.ask_together(shorter)
    except RequestRefused:
        return  # whether batches are accepted at all is another check's question
    rows = _by_row(first, len(longer)) & _by_row(second, len(shorter))
    for place, probe in enumerate(probes):
        yield Company(
            alone=interview.ask_alone(probe),
            together=Reply(probe=probe, outputs=_row(first, rows, place)),
            elsewhere=Reply(probe=probe, outputs=_row(second, rows, len(shorter) - 1 - place)),
        )


def _by_row(answer: Answer, count: int) -> set[str]:
    return {name for name, value in answer.outputs.items() if value.shape[:1] == (count,)}


def _row(answer: Answer, names: set[str], place: int) -> Tensors:
    return {name: answer.outputs[name][place : place + 1] for name in names}
