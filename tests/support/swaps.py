"""What a version made of exchanged inputs, as plain data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from servegate.facts.probes import Probe, Provenance, Repeat, Reply
from servegate.facts.swaps import Reactions, Swap, SwapReply

Said = dict[str, float]
"""An answer: one number for each output."""


def _reply(label: str, outputs: Said | None) -> Reply:
    probe = Probe(
        label=label, signature="serving_default", inputs={}, provenance=Provenance.EXAMPLE
    )
    if outputs is None:
        return Reply(probe=probe, refusal="INVALID_ARGUMENT: no")
    return Reply(
        probe=probe,
        outputs={name: np.array([value], np.float32) for name, value in outputs.items()},
    )


def reactions(
    after: Sequence[Said | None],
    *,
    before: Said | None = None,
    again: Said | None = None,
    alike: tuple[str, ...] = (),
) -> Reactions:
    """Two examples, of which one got `before` and, asked once more, `again`; swaps of `z`."""
    first = before or {"y": 1.0}
    repeats = tuple(
        Repeat(first=_reply(label, one), second=_reply(label, two))
        for label, one, two in (
            ("example 1", first, again or first),
            ("example 2", {**first, "y": 7.0}, {**first, "y": 7.0}),
        )
    )
    original = repeats[0].first
    swaps = tuple(
        SwapReply(
            swap=Swap(name="z", original=original.probe, probe=_reply(f"swap {number}", one).probe),
            before=original,
            after=_reply(f"swap {number}", one),
        )
        for number, one in enumerate(after)
    )
    return Reactions(
        signature="serving_default", repeats=repeats, by_input={"z": swaps}, alike=alike
    )
