"""The checks that hold the candidate's answers against the base version's on the same inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pytest

from servegate.checks import Outcome
from servegate.facts.probes import Provenance, Replies
from servegate.facts.settings import Settings, Tolerance
from servegate.findings import Severity
from servegate.providers import NotApplicable
from tests.support.evidence import candidate, finding, findings, replies, reply
from validators.input_sensitivity.base_and_candidate_agree_within import (
    base_and_candidate_agree_within,
)
from validators.input_sensitivity.classes_do_not_collapse import classes_do_not_collapse
from validators.input_sensitivity.effect_comparable_to_base import effect_comparable_to_base
from validators.input_sensitivity.not_saturated import not_saturated
from validators.input_sensitivity.probabilities_are_probabilities import (
    probabilities_are_probabilities,
)

Rows: TypeAlias = Sequence[object]

_GRADED = [number / 16 + 0.01 for number in range(12)]
_HALVES = [0.0, 1.0] * 6


def _said(rows: Rows, provenance: Provenance = Provenance.EXAMPLE) -> Replies:
    return replies(
        *(
            reply(f"row {number}", float(number), row, provenance=provenance)  # type: ignore[arg-type]
            for number, row in enumerate(rows)
        )
    )


def _made_up(rows: Rows) -> Replies:
    return _said(rows, Provenance.SYNTHESISED)


def _spread(factor: float, bias: float = 1.0) -> list[float]:
    return [bias + factor * number for number in range(12)]


def _one_hot(*classes: int) -> list[list[float]]:
    return [[0.8 if one == place else 0.1 for place in range(3)] for one in classes]


_MIXED = (0, 1, 2) * 4


def test_a_distribution_stays_one() -> None:
    before = _said(_one_hot(*_MIXED))
    assert not findings(probabilities_are_probabilities(candidate(), before, before))


@pytest.mark.parametrize("row", [[2.0, -1.0, 0.0], [0.8, 0.8, 0.4], [0.3, 0.3, 0.3]])
def test_a_distribution_is_lost(row: list[float]) -> None:
    after = _one_hot(*_MIXED)
    after[3] = row
    found = finding(
        probabilities_are_probabilities(candidate(), _said(after), _said(_one_hot(*_MIXED)))
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
        list(probabilities_are_probabilities(candidate(), _said(after), _said(before)))


def test_one_class_for_everybody() -> None:
    found = finding(
        classes_do_not_collapse(candidate(), _said(_one_hot(*[1] * 12)), _said(_one_hot(*_MIXED)))
    )
    assert "favours class 1 for all 12 plausible inputs" in found.message
    assert found.severity is None


def test_one_class_for_all_made_up_inputs() -> None:
    after, before = _made_up(_one_hot(*[1] * 12)), _made_up(_one_hot(*_MIXED))
    assert (
        finding(classes_do_not_collapse(candidate(), after, before)).severity is Severity.ADVISORY
    )


def test_names_of_classes() -> None:
    before = _said(["cat", "dog"] * 8)
    found = finding(classes_do_not_collapse(candidate(), _said(["dog"] * 16), before))
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
    told = (_said(_one_hot(*after)), _said(_one_hot(*before)))
    try:
        assert not findings(classes_do_not_collapse(candidate(), *told))
    except NotApplicable:
        assert len(before) == 4


def test_two_ends_alone() -> None:
    found = finding(not_saturated(candidate(), _said(_HALVES), _said(_GRADED)))
    assert "'y' is 0 or 1 and nothing between for 12 plausible inputs" in found.message
    assert found.severity is None


@pytest.mark.parametrize("after", [_GRADED, [*_HALVES[:-1], 0.5], [0.0] * 12])
def test_more_or_less_than_two_values(after: Rows) -> None:
    assert not findings(not_saturated(candidate(), _said(after), _said(_GRADED)))


@pytest.mark.parametrize("before", [_HALVES, [float(number) for number in range(12)]])
def test_what_was_not_graded_need_not_be(before: Rows) -> None:
    with pytest.raises(NotApplicable):
        list(not_saturated(candidate(), _said(_HALVES), _said(before)))


@pytest.mark.parametrize("factor", [1e-6, 1e-5])
def test_hardly_an_effect(factor: float) -> None:
    found = finding(
        effect_comparable_to_base(candidate(), _said(_spread(factor)), _said(_spread(0.5)))
    )
    assert "hardly moves any more" in found.message
    assert found.severity is None


@pytest.mark.parametrize(("factor", "words"), [(0.02, "25 times less"), (10.0, "20 times as far")])
def test_another_scale_informs(factor: float, words: str) -> None:
    after, before = _said(_spread(factor)), _said(_spread(0.5))
    found = finding(effect_comparable_to_base(candidate(), after, before))
    assert words in found.message
    assert found.severity is Severity.ADVISORY


@pytest.mark.parametrize(
    ("after", "before"),
    [
        (_spread(0.2), _spread(0.5)),
        (_spread(0.0), _spread(0.5)),  # a constant: another check's
        ([np.nan] * 12, _spread(0.5)),  # likewise
    ],
)
def test_no_effect_to_speak_of(after: Rows, before: Rows) -> None:
    try:
        assert not findings(effect_comparable_to_base(candidate(), _said(after), _said(before)))
    except NotApplicable:
        assert after != _spread(0.2)


def test_a_base_version_that_hardly_moves_says_nothing() -> None:
    with pytest.raises(NotApplicable):
        list(effect_comparable_to_base(candidate(), _said(_spread(1e-6)), _said(_spread(1e-5))))


def test_only_what_both_answer_is_compared() -> None:
    after = replies(*(reply(f"other {one}", 1.0, 0.5) for one in range(12)))
    with pytest.raises(NotApplicable):
        list(effect_comparable_to_base(candidate(), after, _said(_spread(0.5))))


def _agreed(after: Rows, before: Rows, relative: float = 0.0, absolute: float = 0.0) -> Outcome:
    allowed = Settings(agree_within=Tolerance(relative=relative, absolute=absolute))
    return base_and_candidate_agree_within(candidate(), allowed, _said(after), _said(before))


def test_nothing_was_agreed_on() -> None:
    with pytest.raises(NotApplicable, match="is not set"):
        list(
            base_and_candidate_agree_within(candidate(), Settings(), _said(_GRADED), _said(_GRADED))
        )


@pytest.mark.parametrize(("relative", "absolute"), [(11.0, 0.0), (0.0, 0.11)])
def test_answers_near_enough(relative: float, absolute: float) -> None:
    after = [one + 0.1 for one in _GRADED]
    assert not findings(_agreed(after, _GRADED, relative, absolute))


def test_the_answer_that_strays_most_is_shown() -> None:
    after = list(_GRADED)
    after[3] += 0.5
    after[5] += 0.25
    found = finding(_agreed(after, _GRADED, absolute=0.1))
    assert "in 2 of 12 answers ('y'), by 0.5 at most" in found.message
    assert found.severity is None


def test_no_answers_to_compare() -> None:
    with pytest.raises(NotApplicable):
        list(_agreed(["a"] * 12, ["a"] * 12, absolute=1.0))
