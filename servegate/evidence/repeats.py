"""What the candidate, and the base version after it, answer when asked the same twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servegate.evidence.asking import Interview
from servegate.evidence.interviews import excused
from servegate.facts.probes import Repeat, Replies, Reply
from servegate.providers import Stage, provides

_REPEATED = 4


@provides(stage=Stage.SERVER)
def repeats(replies: Replies, interview: Interview) -> tuple[Repeat, ...]:
    """Asks each signature a few of the probes that it has answered, the best first.

    Both times anew: what was answered before travelled in another batch, and how large the batch
    is may rightly move an answer a little.
    """
    return tuple(
        repeat for name, _ in replies for repeat in _twice(interview, replies.answered(name))
    )


@provides(stage=Stage.SERVER)
def baseline_repeats(
    baseline_replies: Replies, baseline_interview: Interview
) -> tuple[Repeat, ...]:
    """Asks the base version twice, likewise."""
    with excused(baseline_interview.version):
        return tuple(
            repeat
            for name, _ in baseline_replies
            for repeat in _twice(baseline_interview, baseline_replies.answered(name))
        )


def _twice(interview: Interview, answered: Sequence[Reply]) -> Iterator[Repeat]:
    probes = [one.probe for one in answered[:_REPEATED]]
    for first, second in zip(interview.ask(probes), interview.ask(probes), strict=True):
        yield Repeat(first=first, second=second)
