from __future__ import annotations

import pytest

from servegate.providers import NotApplicable
from tests.support.evidence import candidate, finding, findings
from tests.support.rows_of_answers import GRADED, HALVES, Rows, said
from validators.input_sensitivity.not_saturated import not_saturated


def test_two_ends_alone() -> None:
    found = finding(not_saturated(candidate(), said(HALVES), said(GRADED)))
    assert "'y' is 0 or 1 and nothing between for 12 plausible inputs" in found.message
    assert found.severity is None


@pytest.mark.parametrize("after", [GRADED, [*HALVES[:-1], 0.5], [0.0] * 12])
def test_more_or_less_than_two_values(after: Rows) -> None:
    assert not findings(not_saturated(candidate(), said(after), said(GRADED)))


@pytest.mark.parametrize("before", [HALVES, [float(number) for number in range(12)]])
def test_what_was_not_graded_need_not_be(before: Rows) -> None:
    with pytest.raises(NotApplicable):
        list(not_saturated(candidate(), said(HALVES), said(before)))
