from __future__ import annotations

import pytest

from servegate.providers import NotApplicable
from tests.support.evidence import candidate, finding, findings
from tests.support.rows_of_answers import MIXED, Rows, one_hot, said
from validators.input_sensitivity.probabilities_are_probabilities import (
    probabilities_are_probabilities,
)


def test_a_distribution_stays_one() -> None:
    before = said(one_hot(*MIXED))
    assert not findings(probabilities_are_probabilities(candidate(), before, before))


@pytest.mark.parametrize("row", [[2.0, -1.0, 0.0], [0.8, 0.8, 0.4], [0.3, 0.3, 0.3]])
def test_a_distribution_is_lost(row: list[float]) -> None:
    after = one_hot(*MIXED)
    after[3] = row
    found = finding(
        probabilities_are_probabilities(candidate(), said(after), said(one_hot(*MIXED)))
    )
    assert "in 1 of 12 answers" in found.message
    assert found.severity is None


@pytest.mark.parametrize(
    "before",
    [
        [[0.9, 0.8]] * 12,  # several labels
        [[0.5, 0.5]] * 12,  # always the same: it may be an accident
        [0.5, 0.6, 0.7],  # one score
        [[1, 0], [0, 1], [1, 0]],  # whole numbers
    ],
)
def test_what_was_no_distribution_need_not_be_one(before: Rows) -> None:
    after = [[5.0, 7.0]] * len(before)
    with pytest.raises(NotApplicable):
        list(probabilities_are_probabilities(candidate(), said(after), said(before)))
