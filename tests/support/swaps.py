"""What a version made of exchanged inputs, as plain data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from servegate.facts.probes import Probe, Provenance, Repeat, Reply
from servegate.facts.swaps import Reactions, Swap, SwapReply

Said = dict[str, float]
"""An answer: one number for each output."""


def _probe(label: str, kind: Provenance, *, moderate: bool = True) -> Probe:
    return Probe(
        label=label, signature="serving_default", inputs={}, provenance=kind, moderate=moderate
    )


def _reply(probe: Probe, outputs: Said | None) -> Reply:
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
    kind: Provenance = Provenance.EXAMPLE,
    moderate: bool = True,
) -> Reactions:
    """Two examples, of which one got `before` and, asked once more, `again`; swaps of `z`.

    `kind` is what they are in place of examples; `moderate` is said of the swaps.
    """
    first = before or {"y": 1.0}
    repeats = tuple(
        Repeat(first=_reply(_probe(label, kind), one), second=_reply(_probe(label, kind), two))
        for label, one, two in (
            ("example 1", first, again or first),
            ("example 2", {**first, "y": 7.0}, {**first, "y": 7.0}),
        )
    )
    original = repeats[0].first
    probes = [_probe(f"swap {number}", kind, moderate=moderate) for number in range(len(after))]
    swaps = tuple(
        SwapReply(
            swap=Swap(name="z", original=original.probe, probe=probe),
            before=original,
            after=_reply(probe, one),
        )
        for probe, one in zip(probes, after, strict=True)
    )
    return Reactions(
        signature="serving_default", repeats=repeats, by_input={"z": swaps}, alike=alike
    )
