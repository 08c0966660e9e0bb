"""How far answers move, against the base version's on the same inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.probes import Replies
from servegate.facts.serving import Array
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import NotApplicable
from servegate.spread import Scores, paired, scores, telling
from servegate.wording import count

_ENOUGH = 4
# Relative to the size of the output: below the first nobody sees a difference between two inputs,
# above the second everybody does.
_FLAT, _ALIVE = 1e-4, 1e-2
_MUCH = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spread:
    """How far an output moves (a standard deviation), absolutely and against its own size."""

    absolute: float
    relative: float


@check(claims=("G05", "G07", "G09"))
def effect_comparable_to_base(
    candidate: Candidate, replies: Replies, baseline_replies: Replies
) -> Outcome:
    """Answers move as far as the base version's do.

    What it checks:
        The spread of every float output over plausible inputs, or over made-up ones of moderate
        size where there are fewer than four, in both versions. A candidate fails whose output
        moves by less than a ten-thousandth of its size where the base version's moves by more
        than a hundredth. A spread that is ten times larger or smaller is advisory: an output of
        another unit, a new architecture and a quantised model are healthy.

    Why it matters:
        Weights that were not restored and activations at their end often leave a trace of an
        effect: no two answers are equal, and no two can be told apart.

    Remedy:
        Compare the weights with those of the checkpoint that was evaluated, and the statistics of
        normalisation with those of the base version.
    """
    examined = 0
    for signature, _ in replies:
        pairs = telling(paired(signature, replies, baseline_replies), _ENOUGH)
        for name, found in scores(pairs).items():
            before, after = _spread(found.before), _spread(found.after)
            if before.relative < _ALIVE or not after.absolute:
                continue  # what stands still altogether is told of by answers-vary
            examined += 1
            if after.relative < _FLAT:
                yield _finding(candidate, signature, name, (found, before, after), None)
            elif not 1 / _MUCH < after.absolute / before.absolute < _MUCH:
                yield _finding(
                    candidate, signature, name, (found, before, after), Severity.ADVISORY
                )
    if not examined:
        raise NotApplicable("No float output of the base version moves on inputs of ours.")
    yield Remark(message=f"{count(examined, 'output')} compared with the base version's.")


def _spread(rows: Sequence[Array]) -> _Spread:
    stacked = np.stack([np.asarray(one).astype(np.float64).ravel() for one in rows])
    absolute = float(np.sqrt(stacked.var(axis=0).mean())) if stacked.size else 0.0
    size = float(np.abs(stacked).max()) if stacked.size else 0.0
    return _Spread(absolute=absolute, relative=absolute / size if size else 0.0)


def _finding(
    candidate: Candidate,
    signature: str,
    name: str,
    compared: tuple[Scores, _Spread, _Spread],
    severity: Severity | None,
) -> Finding:
    found, before, after = compared
    kind = "plausible" if found.plausible else "made-up"
    how = (
        "hardly moves any more"
        if severity is None
        else f"moves {_times(after.absolute / before.absolute)}"
    )
    return Finding(
        message=f"Signature {signature!r}: {name!r} {how} on "
        f"{count(len(found.after), f'{kind} input')}: its spread is {after.absolute:.3g}, the base "
        f"version's {before.absolute:.3g}.",
        expected=f"a spread of about {before.absolute:.3g}",
        observed=f"{after.absolute:.3g}, which is {after.relative:.1g} of the output's size",
        remedy="Compare the weights with those of the checkpoint that was evaluated, and the "
        "statistics of normalisation with those of the base version."
        + ("" if severity is None else " An output of another unit is well as it is."),
        location=Location(file=candidate.place),
        severity=severity,
        evidence={
            "signature": signature,
            "output": name,
            "spread": after.absolute,
            "base": before.absolute,
        },
    )


def _times(ratio: float) -> str:
    return f"{ratio:.3g} times as far" if ratio > 1 else f"{1 / ratio:.3g} times less"
