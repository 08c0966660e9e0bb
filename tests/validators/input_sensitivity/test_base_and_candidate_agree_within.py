from __future__ import annotations

import pytest

from servegate.checks import Outcome
from servegate.facts.settings import Settings, Tolerance
from servegate.providers import NotApplicable
from tests.support.evidence import candidate, finding, findings
from tests.support.rows_of_answers import GRADED, Rows, said
from validators.input_sensitivity.base_and_candidate_agree_within import (
    base_and_candidate_agree_within,
)


def _agreed(after: Rows, before: Rows, relative: float = 0.0, absolute: float = 0.0) -> Outcome:
    allowed = Settings(agree_within=Tolerance(relative=relative, absolute=absolute))
    return base_and_candidate_agree_within(candidate(), allowed, said(after), said(before))


def test_nothing_was_agreed_on() -> None:
    with pytest.raises(NotApplicable, match="is not set"):
        list(base_and_candidate_agree_within(candidate(), Settings(), said(GRADED), said(GRADED)))


@pytest.mark.parametrize(("relative", "absolute"), [(11.0, 0.0), (0.0, 0.11)])
def test_answers_near_enough(relative: float, absolute: float) -> None:
    after = [one + 0.1 for one in GRADED]
    assert not findings(_agreed(after, GRADED, relative, absolute))


def test_the_answer_that_strays_most_is_shown() -> None:
    after = list(GRADED)
    after[3] += 0.5
    after[5] += 0.25
    found = finding(_agreed(after, GRADED, absolute=0.1))
    assert "in 2 of 12 answers ('y'), by 0.5 at most" in found.message
    assert found.severity is None


def test_no_answers_to_compare() -> None:
    with pytest.raises(NotApplicable):
        list(_agreed(["a"] * 12, ["a"] * 12, absolute=1.0))
