"""The answers of two versions to the same inputs, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from servegate.comparison import is_finite, is_inexact, written
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


def favoured(row: Array) -> object:
    """The class of one row: of scores the highest one's place, else the only element.

    None where a row says of no class that it is the one.
    """
    if is_inexact(row):
        scores_of_classes = row.ndim == 2 and row.shape[-1] > 1 and row.dtype.kind != "c"
        return int(np.argmax(np.asarray(row).astype(np.float64))) if scores_of_classes else None
    return written(row.ravel()[0]) if row.size == 1 else None


def chance_of_one(classes: Sequence[object]) -> float:
    """How often so many rows are all of one class, where classes are as frequent as in these."""
    most = Counter(classes).most_common(1)[0][1]
    return float(((most + 1) / (len(classes) + 2)) ** len(classes))


def _comparable(values: Sequence[Array]) -> bool:
    return len({one.shape for one in values}) == 1 and all(
        is_inexact(one) and one.dtype.kind != "c" and is_finite(one) for one in values
    )
