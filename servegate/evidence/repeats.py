"""What the candidate, and the base version after it, answer when asked the same twice."""

from __future__ import annotations

from collections.abc import Sequence

from servegate.evidence.asking import Interview, asked_twice
from servegate.evidence.interviews import excused
from servegate.facts.probes import Repeat, Replies, Reply
from servegate.providers import Stage, provides

_REPEATED = 4


@provides(stage=Stage.SERVER)
def repeats(replies: Replies, interview: Interview) -> tuple[Repeat, ...]:
    """Asks each signature a few of the probes that it has answered, the best first."""
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


def _twice(interview: Interview, answered: Sequence[Reply]) -> tuple[Repeat, ...]:
    return asked_twice(interview, interview, [one.probe for one in answered[:_REPEATED]])
