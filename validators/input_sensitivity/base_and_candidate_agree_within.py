"""Answers that are to stay near the base version's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from servegate.checks import Outcome, check
from servegate.comparison import Difference, difference
from servegate.facts.change import Candidate
from servegate.facts.probes import Replies
from servegate.facts.settings import Settings, Tolerance
from servegate.findings import Finding, Location, Remark
from servegate.providers import NotApplicable
from servegate.spread import paired, scores, telling
from servegate.wording import count, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Apart:
    """One output on one input."""

    name: str
    probe: str
    difference: Difference


@check(claims=("F02",))
def base_and_candidate_agree_within(
    candidate: Candidate, settings: Settings, replies: Replies, baseline_replies: Replies
) -> Outcome:
    """The candidate answers as the base version does, within what was agreed on.

    What it checks:
        With `sensitivity: agree_within:` only: every float output on the plausible inputs, or on
        made-up ones of moderate size where there are none, against the base version's answer. The
        relative part is of the largest number of the expected output.

    Why it matters:
        A model that is quantised, pruned or exported again is meant to answer as before. How
        far it may stray is known to the team alone.

    Remedy:
        Quantise with more bits or more calibration data; widen `agree_within` when the answers
        are good enough.
    """
    allowed = settings.agree_within
    if allowed is None:
        raise NotApplicable("`sensitivity: agree_within:` is not set.")
    compared, apart = 0, []
    for signature, _ in replies:
        for name, found in scores(telling(paired(signature, replies, baseline_replies), 1)).items():
            for probe, before, after in zip(found.probes, found.before, found.after, strict=True):
                compared += 1
                if (differing := difference(after, before, allowed)) is not None:
                    apart.append(_Apart(name=name, probe=probe.label, difference=differing))
    if not compared:
        raise NotApplicable("Both versions have no float output on the same inputs.")
    if apart:
        yield _finding(candidate, settings, allowed, apart, compared)
    else:
        yield Remark(message=f"{count(compared, 'answer')} within what was agreed on.")


def _finding(
    candidate: Candidate,
    settings: Settings,
    allowed: Tolerance,
    apart: Sequence[_Apart],
    compared: int,
) -> Finding:
    worst = max(apart, key=lambda one: one.difference.largest)
    names = listed(dict.fromkeys(repr(one.name) for one in apart))
    return Finding(
        message=f"Version {candidate.version} strays from the base version in {len(apart)} of "
        f"{count(compared, 'answer')} ({names}), by {worst.difference.largest:.3g} at most: "
        f"{worst.name!r} is {worst.difference} for {worst.probe}.",
        expected=f"within {allowed.relative:g} of the output's size plus {allowed.absolute:g}",
        observed=f"{worst.difference.left} for {worst.difference.right}",
        remedy="Quantise with more bits, or with calibration data that is like production's. If "
        f"the answers are good enough, widen `agree_within` in {settings.config_file}.",
        location=settings.location or Location(file=candidate.place),
        evidence={"outputs": sorted({one.name for one in apart}), "answers": len(apart)},
    )
