"""Scores that only know their two ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from servegate.checks import Outcome, check
from servegate.comparison import written
from servegate.facts.change import Candidate
from servegate.facts.probes import Replies
from servegate.facts.serving import Array
from servegate.findings import Finding, Location, Remark
from servegate.providers import NotApplicable
from servegate.spread import Scores, paired, scores, telling
from servegate.wording import count

_ENOUGH = 8
_ENDS = 2


@check(claims=("G07", "G08"))
def not_saturated(candidate: Candidate, replies: Replies, baseline_replies: Replies) -> Outcome:
    """Scores that are graded in the base version are graded in the candidate.

    What it checks:
        The float outputs that take at least eight values in the base version, not all of them
        whole numbers, on plausible inputs or, where there are fewer than eight, on made-up ones
        of moderate size. A candidate fails whose output takes two values on the very same inputs:
        the ends of a sigmoid, or what a threshold leaves. One value alone is a constant, which
        answers-vary tells of.

    Why it matters:
        A threshold that slipped into the graph, or activations that are at their end for every
        input, leave an answer that looks like one and cannot be ranked, calibrated or watched.

    Remedy:
        Look for a comparison, a rounding or an arg-max before the output, and for weights and
        inputs of another scale than in training.
    """
    examined = 0
    for signature, _ in replies:
        pairs = telling(paired(signature, replies, baseline_replies), _ENOUGH)
        for name, found in scores(pairs).items():
            if not _is_graded(found.before):
                continue
            examined += 1
            if len(_values(found.after)) == _ENDS:
                yield _finding(candidate, signature, name, found)
    if not examined:
        raise NotApplicable("No output of the base version takes eight values on inputs of ours.")
    yield Remark(message=f"{count(examined, 'output')} compared with the base version's.")


def _values(rows: Sequence[Array]) -> list[float]:
    numbers = np.concatenate([np.asarray(one).astype(np.float64).ravel() for one in rows])
    return [float(one) for one in np.unique(numbers)]


def _is_graded(rows: Sequence[Array]) -> bool:
    values = _values(rows)
    return len(values) >= _ENOUGH and any(one != round(one) for one in values)


def _finding(candidate: Candidate, signature: str, name: str, found: Scores) -> Finding:
    low, high = map(written, _values(found.after))
    kind = "plausible" if found.plausible else "made-up"
    return Finding(
        message=f"Signature {signature!r}: {name!r} is {low} or {high} and nothing between for "
        f"{count(len(found.after), f'{kind} input')}, for which the base version's takes "
        f"{len(_values(found.before))} values.",
        expected="graded scores, as in the base version",
        observed=f"{low} and {high} alone",
        remedy="Look for a comparison, a rounding or an arg-max before the output; then for "
        "weights, or a scaling of the inputs, that drive every activation to its end.",
        location=Location(file=candidate.place),
        evidence={"signature": signature, "output": name, "inputs": len(found.after)},
    )
