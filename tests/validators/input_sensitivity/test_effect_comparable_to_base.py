from __future__ import annotations

import numpy as np
import pytest

from servegate.findings import Severity
from servegate.providers import NotApplicable
from tests.support.evidence import candidate, finding, replies, reply
from tests.support.rows_of_answers import Rows, accuses, said, spread
from validators.input_sensitivity.effect_comparable_to_base import effect_comparable_to_base


@pytest.mark.parametrize("factor", [1e-6, 1e-5])
def test_hardly_an_effect(factor: float) -> None:
    found = finding(effect_comparable_to_base(candidate(), said(spread(factor)), said(spread(0.5))))
    assert "hardly moves any more" in found.message
    assert found.severity is None


@pytest.mark.parametrize(("factor", "words"), [(0.02, "25 times less"), (10.0, "20 times as far")])
def test_another_scale_informs(factor: float, words: str) -> None:
    after, before = said(spread(factor)), said(spread(0.5))
    found = finding(effect_comparable_to_base(candidate(), after, before))
    assert words in found.message
    assert found.severity is Severity.ADVISORY


@pytest.mark.parametrize(
    ("after", "before"),
    [
        (spread(0.2), spread(0.5)),
        (spread(0.0), spread(0.5)),  # a constant: another check's
        ([np.nan] * 12, spread(0.5)),  # likewise
    ],
)
def test_no_effect_to_speak_of(after: Rows, before: Rows) -> None:
    assert not accuses(effect_comparable_to_base(candidate(), said(after), said(before)))


def test_a_base_version_that_hardly_moves_says_nothing() -> None:
    with pytest.raises(NotApplicable):
        list(effect_comparable_to_base(candidate(), said(spread(1e-6)), said(spread(1e-5))))


def test_only_what_both_answer_is_compared() -> None:
    after = replies(*(reply(f"other {one}", 1.0, 0.5) for one in range(12)))
    with pytest.raises(NotApplicable):
        list(effect_comparable_to_base(candidate(), after, said(spread(0.5))))
