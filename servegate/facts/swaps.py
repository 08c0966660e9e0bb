"""Plausible inputs of which one value was exchanged for another example's, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from servegate.facts.probes import Probe, Repeat, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """`probe` is `original` with the value that the input `name` has in another probe."""

    name: str
    original: Probe
    probe: Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureSwaps:
    """What one signature is asked: the swaps of each input, those that differ most first.

    `alike` are the inputs of which no two plausible probes hold different values of one shape.
    """

    signature: str
    by_input: Mapping[str, tuple[Swap, ...]]
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapReply:
    """The answers before and after one swap; both travelled together where the model allows."""

    swap: Swap
    before: Reply
    after: Reply

    @property
    def answered(self) -> bool:
        """Whether there are two answers to compare."""
        return self.before.answered and self.after.answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactions:
    """What one version made of the swaps of one signature.

    `repeats` are the originals, asked twice: what moves between them moves by itself. An input
    that was seen to have an effect was not exchanged any further.
    """

    signature: str
    repeats: tuple[Repeat, ...]
    by_input: Mapping[str, tuple[SwapReply, ...]]
    alike: tuple[str, ...] = ()
