"""Inputs that the server is asked, where each comes from, and what it answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from servegate.facts.serving import Tensors


class Provenance(StrEnum):
    """Where a probe comes from. Only the first two are plausible on their own."""

    EXAMPLE = "example"
    WARM_UP = "warm-up record"
    SYNTHESISED = "synthesised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One input for one signature, one row: every array has a batch axis of length 1.

    `moderate` is false for synthesised numbers of a size that few models are made for.
    """

    label: str
    signature: str
    inputs: Tensors
    provenance: Provenance
    moderate: bool = True

    @property
    def plausible(self) -> bool:
        """Whether this input is one that production could see."""
        return self.provenance is not Provenance.SYNTHESISED


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server made of a probe: outputs of one row, or its refusal."""

    probe: Probe
    outputs: Tensors | None = None
    refusal: str = ""

    @property
    def answered(self) -> bool:
        """Whether the request was executed."""
        return self.outputs is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """One probe, asked twice in the very same requests."""

    first: Reply
    second: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One probe by itself, and in the company of others, at two places of two batches.

    Of the batches' answers it holds only the outputs that have a row for every row that was asked.
    """

    alone: Reply
    together: Reply
    elsewhere: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One probe, asked again and again; `after_other` are those where another one came before."""

    after_itself: tuple[Reply, ...]
    after_other: tuple[Reply, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One probe for the base version's signature: what that one answered, and the candidate."""

    before: Reply
    after: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """All replies of one version, by signature."""

    by_signature: Mapping[str, tuple[Reply, ...]] = field(default_factory=dict)

    def answered(self, signature: str) -> tuple[Reply, ...]:
        """The replies of one signature that hold outputs."""
        return tuple(one for one in self.by_signature.get(signature, ()) if one.answered)

    def __iter__(self) -> Iterator[tuple[str, tuple[Reply, ...]]]:
        return iter(self.by_signature.items())
