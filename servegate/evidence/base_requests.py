"""Requests as clients of the base version make them, put to both versions."""

from __future__ import annotations

from servegate.evidence.asking import Interview
from servegate.evidence.interviews import excused
from servegate.evidence.probes import ProbePlan, made_up
from servegate.evidence.replies import put
from servegate.facts.probes import Exchange
from servegate.providers import Stage, provides
from servegate.savedmodel.reader import SavedModel


@provides(stage=Stage.SERVER)
def base_requests(
    baseline_saved_model: SavedModel, baseline_interview: Interview, interview: Interview
) -> tuple[Exchange, ...]:
    """Those made from the base version's signatures which it answers; the candidate may refuse.

    What the base version refuses itself says nothing about the candidate.
    """
    plan = ProbePlan(plausible={}, made_up=made_up(baseline_saved_model))
    with excused(baseline_interview.version):
        before = put(plan, baseline_interview)
    return tuple(
        Exchange(before=one, after=other)
        for signature in plan.signatures()
        for one, other in zip(
            before.answered(signature),
            interview.ask([one.probe for one in before.answered(signature)]),
            strict=True,
        )
    )
