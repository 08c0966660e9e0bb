"""The answers of two versions to the same inputs, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from servegate.comparison import is_finite, is_inexact
from servegate.facts.probes import Probe, Replies, Reply
from servegate.facts.serving import Array

Pairs = Sequence[tuple[Reply, Reply]]
"""Of one signature, what the base version and the candidate answered to the same probe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """One output's numbers for some probes, in the same order for both versions."""

    probes: tuple[Probe, ...]
    before: tuple[Array, ...]
    after: tuple[Array, ...]

    @property
    def plausible(self) -> bool:
        """Whether they come from examples or warm-up records."""
        return self.probes[0].plausible


def paired(signature: str, replies: Replies, baseline_replies: Replies) -> Pairs:
    """The answers to what both have answered."""
    before = {one.probe.label: one for one in baseline_replies.answered(signature)}
    return tuple(
        (before[one.probe.label], one)
        for one in replies.answered(signature)
        if one.probe.label in before
    )


def telling(pairs: Pairs, enough: int) -> Pairs:
    """Those of plausible inputs; of made-up ones of moderate size where they are too few."""
    plausible = [one for one in pairs if one[1].probe.plausible]
    if len(plausible) >= enough:
        return plausible
    made_up = [one for one in pairs if not one[1].probe.plausible and one[1].probe.moderate]
    return made_up if len(made_up) >= enough else ()


def scores(pairs: Pairs) -> Mapping[str, Scores]:
    """The float outputs that both have in every answer, finite throughout, of one shape each."""
    found = {}
    for name in sorted(pairs[0][1].outputs or ()) if pairs else ():
        before = [
            reply.outputs[name] for reply, _ in pairs if reply.outputs and name in reply.outputs
        ]
        after = [
            reply.outputs[name] for _, reply in pairs if reply.outputs and name in reply.outputs
        ]
        if len(before) == len(after) == len(pairs) and _comparable(before) and _comparable(after):
            found[name] = Scores(
                probes=tuple(reply.probe for _, reply in pairs),
                before=tuple(before),
                after=tuple(after),
            )
    return found


def _comparable(values: Sequence[Array]) -> bool:
    return len({one.shape for one in values}) == 1 and all(
        is_inexact(one) and one.dtype.kind != "c" and is_finite(one) for one in values
    )
