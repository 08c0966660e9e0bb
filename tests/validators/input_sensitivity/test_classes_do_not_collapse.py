from __future__ import annotations

from collections.abc import Sequence

import pytest

from servegate.findings import Severity
from tests.support.evidence import candidate, finding
from tests.support.rows_of_answers import MIXED, accuses, made_up, one_hot, said
from validators.input_sensitivity.classes_do_not_collapse import classes_do_not_collapse


def test_one_class_for_everybody() -> None:
    found = finding(
        classes_do_not_collapse(candidate(), said(one_hot(*[1] * 12)), said(one_hot(*MIXED)))
    )
    assert "favours class 1 for all 12 plausible inputs" in found.message
    assert found.severity is None


def test_one_class_for_all_made_up_inputs() -> None:
    after, before = made_up(one_hot(*[1] * 12)), made_up(one_hot(*MIXED))
    assert (
        finding(classes_do_not_collapse(candidate(), after, before)).severity is Severity.ADVISORY
    )


def test_names_of_classes() -> None:
    before = said(["cat", "dog"] * 8)
    found = finding(classes_do_not_collapse(candidate(), said(["dog"] * 16), before))
    assert "class dog" in found.message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((0, 1, 2) * 4, (1,) * 11 + (2,)),  # rare is not never
        ((0,) * 11 + (1,), (0,) * 12),  # a class that is rare may not come up
        ((0, 1, 2, 0), (1,) * 4),  # too few
    ],
)
def test_classes_that_may_be_so(before: Sequence[int], after: Sequence[int]) -> None:
    told = (said(one_hot(*after)), said(one_hot(*before)))
    assert not accuses(classes_do_not_collapse(candidate(), *told))
