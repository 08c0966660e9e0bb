"""What came of the changes that a team expects something of."""

from __future__ import annotations

from dataclasses import dataclass

from servegate.facts.expectations import Expectation
from servegate.facts.probes import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One change of one example. `was` and `became` are the value that changed, for a sentence.

    `rises` tells whether it grew; None for what is no number.
    """

    expectation: Expectation
    was: str
    became: str
    rises: bool | None
    before: Reply
    after: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """The trials of one expectation; `missing` says why there are none."""

    expectation: Expectation
    tried: tuple[Trial, ...] = ()
    missing: str = ""
