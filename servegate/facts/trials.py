"""What came of the changes that a team expects something of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from servegate.facts.expectations import Element, Expectation
from servegate.facts.probes import Reply
from servegate.facts.serving import Array, Tensors


def value_of(element: Element, tensors: Tensors) -> Array | None:
    """The row of one tensor, or the element of it; None where the tensors have no such."""
    row = tensors.get(element.name)
    if row is None or not element.index:
        return row
    index = (0, *element.index)
    if row.ndim != len(index) or any(at >= size for at, size in zip(index, row.shape, strict=True)):
        return None
    return np.asarray(row[index])


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

    @property
    def answers(self) -> tuple[Array | None, Array | None]:
        """The output before and after; None where there is none."""
        output = self.expectation.output
        return value_of(output, self.before.outputs or {}), value_of(
            output, self.after.outputs or {}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """The trials of one expectation; `missing` says why there are none."""

    expectation: Expectation
    tried: tuple[Trial, ...] = ()
    missing: str = ""
