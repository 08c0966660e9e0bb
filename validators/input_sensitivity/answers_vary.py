"""The same answer for every input."""

from __future__ import annotations

from collections.abc import Sequence

from servegate.checks import Outcome, check
from servegate.comparison import moved, written
from servegate.facts.change import Candidate
from servegate.facts.probes import Replies, Reply
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import Absent, Later, NotApplicable
from servegate.wording import count

# One class name for a handful of inputs says little; the same score to the last digit says much.
_ENOUGH = {True: 2, False: 8}


@check(claims=("G04", "G05", "G07"))
def answers_vary(
    candidate: Candidate, replies: Replies, baseline_replies: Later[Replies]
) -> Outcome:
    """Different inputs get different answers.

    What it checks:
        The answers to all probes of a signature, all outputs together: an arg-max may rightly
        stay the same while the scores beside it move. A constant answer fails the candidate when
        plausible inputs (examples, warm-up records) are among the probes, or when the base
        version tells the same probes apart. On made-up inputs alone it is advisory.

    Why it matters:
        A model that always gives the same answer says 200 while it does. Saturated activations,
        weights that were not restored and inputs multiplied by zero look like this.

    Remedy:
        Ask the model where it was trained with two inputs that must differ. Then look at what
        the export put between the input and the first layer.
    """
    examined = 0
    for signature, asked in replies:
        answered = [one for one in asked if one.answered]
        if _distinct_inputs(answered) < 2:
            continue
        examined += 1
        if _vary(answered):
            yield from _plausible_stuck(signature, answered, baseline_replies)
            continue
        yield _constant(candidate, signature, answered, baseline_replies)
    if not examined:
        raise NotApplicable(
            "whether answers vary: no signature answered two different inputs",
            enable="give `examples:` in servegate.yml",
        )


def _distinct_inputs(replies: Sequence[Reply]) -> int:
    return len(
        {
            tuple(
                (name, value.tobytes() if value.dtype != object else str(value.tolist()))
                for name, value in sorted(one.probe.inputs.items())
            )
            for one in replies
        }
    )


def _vary(replies: Sequence[Reply]) -> bool:
    first = replies[0].outputs or {}
    return any(moved(first, reply.outputs or {}) for reply in replies[1:])


def _of_base(
    signature: str, replies: Sequence[Reply], baseline_replies: Later[Replies]
) -> list[Reply]:
    """The base version's answers to the same probes, none where there is no base version."""
    try:
        base = baseline_replies()
    except Absent:
        return []
    labels = {one.probe.label for one in replies}
    return [one for one in base.answered(signature) if one.probe.label in labels]


def _constant(
    candidate: Candidate,
    signature: str,
    replies: Sequence[Reply],
    baseline_replies: Later[Replies],
) -> Finding:
    plausible = [one for one in replies if one.probe.plausible]
    base = _of_base(signature, replies, baseline_replies)
    told_apart = len(base) > 1 and _vary(base)
    scores = any(value.dtype.kind in "fc" for value in (replies[0].outputs or {}).values())
    proven = told_apart or _distinct_inputs(plausible) >= _ENOUGH[scores]
    return Finding(
        message=f"Signature {signature!r} gives the same answer to "
        f"{count(len(replies), 'different input')}"
        + (", which the base version tells apart." if told_apart else "."),
        expected="answers that depend on the input",
        observed=_shown(replies[0]),
        remedy="Ask the model where it was trained with two inputs that must differ, then look at "
        "what lies between the input and the first layer in the export."
        + ("" if proven else " If the made-up inputs are at fault, give `examples:`."),
        location=Location(file=candidate.place),
        severity=None if proven else Severity.ADVISORY,
        evidence={
            "inputs": len(replies),
            "plausible": len(plausible),
            "base_tells_apart": told_apart,
        },
    )


def _plausible_stuck(
    signature: str, replies: Sequence[Reply], baseline_replies: Later[Replies]
) -> Outcome:
    """Plausible inputs that all get one answer, while made-up ones move it."""
    plausible = [one for one in replies if one.probe.plausible]
    if _distinct_inputs(plausible) < 2 or _vary(plausible):
        return
    base = _of_base(signature, plausible, baseline_replies)
    if len(base) > 1 and _vary(base):
        yield Finding(
            message=f"Signature {signature!r} gives the same answer to all "
            f"{count(len(plausible), 'plausible input')}, which the base version tells apart.",
            expected="answers that depend on the input, as the base version's do",
            observed=_shown(plausible[0]),
            remedy="Compare the scale of the inputs with what the model was trained on: made-up "
            "inputs of other sizes do move the answer.",
        )
    else:
        yield Remark(message="The examples all get one answer; made-up inputs move it.")


def _shown(reply: Reply) -> str:
    parts = []
    for name, value in sorted((reply.outputs or {}).items())[:3]:
        row = ", ".join(written(one) for one in value.ravel()[:4])
        parts.append(f"{name} = [{row}{', …' if value.size > 4 else ''}]")
    return "always " + "; ".join(parts)
