"""The same answer for every input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from servegate.checks import Outcome, check
from servegate.comparison import (
    difference,
    half_precision,
    is_finite,
    is_inexact,
    moved,
    written,
)
from servegate.declarations import outlived, slips
from servegate.facts.change import Candidate
from servegate.facts.probes import Repeat, Replies, Reply
from servegate.facts.reading import GraphReading
from servegate.facts.serving import Array
from servegate.facts.settings import Settings
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import Absent, Later, NotApplicable
from servegate.reactions import restless
from servegate.wording import count, listed

# One class name for a handful of inputs says little; the same score to the last digit says much.
_ENOUGH = {True: 2, False: 8}
# A score that takes two values may be a threshold's, and rightly fall on one side of it.
_VALUES = 3


@check(claims=("G04", "G05", "G07", "G08", "G10"))
def answers_vary(
    candidate: Candidate,
    settings: Settings,
    graph_reading: GraphReading,
    replies: Replies,
    baseline_replies: Later[Replies],
    baseline_repeats: Later[tuple[Repeat, ...]],
) -> Outcome:
    """Different inputs get different answers.

    What it checks:
        The answers to all probes of a signature, all outputs together: an arg-max may rightly
        stay the same while the scores beside it move. A constant answer fails the candidate when
        plausible inputs (examples, warm-up records) are among the probes, or when the base
        version tells the same probes apart. On made-up inputs alone it is advisory. A float output
        that stands still while its siblings move fails the candidate when the same output of the
        base version takes at least three values on the very same inputs, and the same ones when
        asked again: on plausible inputs where three differ, else on made-up ones of moderate size.
        Class numbers and what rounding to 16 bits would hide do not count. An output that is
        declared under `sensitivity: constant_outputs:` may stand still, and is named if it moves.

    Why it matters:
        A model that always gives the same answer says 200 while it does. Saturated activations,
        weights that were not restored and inputs multiplied by zero look like this.

    Remedy:
        Ask the model where it was trained with two inputs that must differ. Then look at what
        the export put between the input and the first layer.
    """
    key, declared = "constant_outputs", settings.constant_outputs
    yield from slips(key, "output", declared, graph_reading)
    examined = 0
    for signature, asked in replies:
        answered = [one for one in asked if one.answered]
        if _distinct_inputs(answered) < 2:
            continue
        examined += 1
        for entry in declared:
            if _values(answered, entry.name) and _moves(answered, entry.name):
                yield outlived(key, entry, f"{entry.name!r} of signature {signature!r} moves.")
        if not _vary(answered):
            yield _constant(candidate, signature, answered, baseline_replies)
            continue
        said = tuple(_plausible_stuck(signature, answered, baseline_replies))
        but = frozenset(entry.name for entry in declared)
        yield from said or _standing_still(
            candidate, signature, answered, but, baseline_replies, baseline_repeats
        )
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


def _standing_still(
    candidate: Candidate,
    signature: str,
    replies: Sequence[Reply],
    but: frozenset[str],
    baseline_replies: Later[Replies],
    baseline_repeats: Later[tuple[Repeat, ...]],
) -> Iterator[Finding]:
    """Scores that the base version moves on the same inputs, and this one does not."""
    asked = _telling(replies)
    scores = {name: value for name, value in _scores(asked) if name not in but}
    still = {name: value for name, value in scores.items() if not _moves(asked, name)}
    base = _of_base(signature, asked, baseline_replies) if still else []
    told_apart = [name for name in still if _takes_several_values(base, name)]
    steady = _steady(signature, told_apart, baseline_repeats) if told_apart else []
    if steady:
        yield _still(candidate, signature, {name: still[name] for name in steady}, asked)


def _steady(
    signature: str, names: Sequence[str], baseline_repeats: Later[tuple[Repeat, ...]]
) -> list[str]:
    """Those that do not differ by themselves in the base version's answers."""
    try:
        repeats = [one for one in baseline_repeats() if one.first.probe.signature == signature]
    except Absent:
        return []
    return [name for name in names if name not in restless(repeats)]


def _telling(replies: Sequence[Reply]) -> Sequence[Reply]:
    """The inputs on which a score is expected to move, none where they are too few."""
    plausible = [one for one in replies if one.probe.plausible]
    moderate = [one for one in replies if not one.probe.plausible and one.probe.moderate]
    chosen = plausible if _distinct_inputs(plausible) >= _VALUES else moderate
    return chosen if _distinct_inputs(chosen) >= _VALUES else ()


def _scores(replies: Sequence[Reply]) -> Iterator[tuple[str, Array]]:
    """The float outputs of the first answer."""
    for name, value in sorted((replies[0].outputs or {}).items() if replies else ()):
        if is_inexact(value):
            yield name, value


def _moves(replies: Sequence[Reply], name: str) -> bool:
    first, *others = [{name: value} for value in _values(replies, name)]
    return any(moved(first, other) for other in others)


def _values(replies: Sequence[Reply], name: str) -> list[Array]:
    return [one.outputs[name] for one in replies if one.outputs and name in one.outputs]


def _takes_several_values(base: Sequence[Reply], name: str) -> bool:
    """Whether they are numbers of a scale, and not classes that are written as numbers."""
    values = _values(base, name)
    if not all(is_inexact(one) and is_finite(one) for one in values):
        return False
    if all(np.array_equal(one, np.round(one)) for one in values):
        return False
    kept: list[Array] = []
    for value in values:
        if all(difference(value, one, half_precision(one)) is not None for one in kept):
            kept.append(value)
    return len(kept) >= _VALUES


def _still(
    candidate: Candidate, signature: str, still: Mapping[str, Array], asked: Sequence[Reply]
) -> Finding:
    names = listed(repr(name) for name in still)
    kind = "plausible" if asked[0].probe.plausible else "made-up"
    return Finding(
        message=f"Signature {signature!r} gives the same {names} to "
        f"{count(len(asked), f'different {kind} input')}, where the base version's moves.",
        expected=f"a value of {names} that depends on the input, as the base version's does",
        observed=_always(still),
        remedy="Look at what lies between the last layer that the other outputs share with it and "
        "this output: a mask, a branch that is never taken, weights of this head that were not "
        "restored, or activations at their end.",
        location=Location(file=candidate.place),
        evidence={"outputs": list(still), "inputs": len(asked)},
    )


def _shown(reply: Reply) -> str:
    return _always(reply.outputs or {})


def _always(outputs: Mapping[str, Array]) -> str:
    parts = []
    for name, value in sorted(outputs.items())[:3]:
        row = ", ".join(written(one) for one in value.ravel()[:4])
        parts.append(f"{name} = [{row}{', …' if value.size > 4 else ''}]")
    return "always " + "; ".join(parts)
