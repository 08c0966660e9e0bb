"""What the candidate, and the base version after it, answer to the probes."""

from __future__ import annotations

from servegate.evidence.asking import Interview
from servegate.evidence.interviews import excused
from servegate.evidence.probes import ProbePlan
from servegate.facts.probes import Replies, Reply
from servegate.providers import Stage, provides

_ENOUGH = 2


@provides(stage=Stage.SERVER)
def replies(probes: ProbePlan, interview: Interview) -> Replies:
    """Asks every signature."""
    return put(probes, interview)


def put(probes: ProbePlan, interview: Interview) -> Replies:
    """Asks one version all that is planned. Raises `ServerFailed`."""
    return Replies(
        by_signature={name: _of_signature(interview, probes, name) for name in probes.signatures()}
    )


def _of_signature(interview: Interview, plan: ProbePlan, name: str) -> tuple[Reply, ...]:
    found = list(interview.ask(plan.plausible.get(name, ())))
    for variant in plan.made_up.get(name, ()):
        said = tuple(interview.ask(variant))
        found += said
        if sum(one.answered for one in said) >= _ENOUGH:
            break
    return tuple(found)


@provides(stage=Stage.SERVER)
def baseline_replies(replies: Replies, baseline_interview: Interview) -> Replies:
    """Puts the very same probes to the base version."""
    with excused(baseline_interview.version):
        return Replies(
            by_signature={
                name: tuple(baseline_interview.ask([one.probe for one in said]))
                for name, said in replies
            }
        )
