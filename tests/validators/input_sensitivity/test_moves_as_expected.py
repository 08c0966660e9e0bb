from __future__ import annotations

import pytest
from numpy.typing import ArrayLike

from servegate.checks import Outcome
from servegate.facts.expectations import Direction, Element, Expectation
from servegate.facts.reading import GraphReading
from servegate.facts.trials import Trial, Trials
from servegate.findings import Location, NotExamined
from tests.support.evidence import candidate, finding, findings, reply
from tests.support.graph_text import reading_of
from validators.input_sensitivity.moves_as_expected import moves_as_expected

_READING = reading_of("x = Placeholder\ny = Neg x\n")
_WHERE = Location(file="servegate.yml", line=9)


def _expectation(direction: Direction, index: tuple[int, ...] = ()) -> Expectation:
    return Expectation(
        output=Element(name="y", index=index),
        direction=direction,
        input=Element(name="x"),
        location=_WHERE,
    )


def _check(
    direction: Direction,
    *answers: tuple[ArrayLike, ArrayLike],
    rises: bool | None = True,
    index: tuple[int, ...] = (),
    reading: GraphReading = _READING,
) -> Outcome:
    wish = _expectation(direction, index)
    tried = tuple(
        Trial(
            expectation=wish,
            was="1.0",
            became="2.0",
            rises=rises,
            before=reply(f"example {number}", 1.0, before),
            after=reply(f"example {number} with 'x' of 9", 2.0, after),
        )
        for number, (before, after) in enumerate(answers)
    )
    return moves_as_expected(candidate(), reading, (Trials(expectation=wish, tried=tried),))


@pytest.mark.parametrize(
    ("direction", "rises", "after", "kept"),
    [
        (Direction.INCREASING, True, 0.6, True),
        (Direction.INCREASING, True, 0.4, False),
        (Direction.INCREASING, True, 0.5, False),  # strictly
        (Direction.INCREASING, False, 0.4, True),
        (Direction.INCREASING, False, 0.6, False),
        (Direction.DECREASING, True, 0.4, True),
        (Direction.DECREASING, True, 0.6, False),
        (Direction.DECREASING, False, 0.6, True),
        (Direction.UNCHANGED, None, 0.5, True),
        (Direction.UNCHANGED, None, 0.50000001, True),
        (Direction.UNCHANGED, None, 0.6, False),
        (Direction.CHANGES, None, 0.6, True),
        (Direction.CHANGES, None, 0.5, False),
    ],
)
def test_directions(direction: Direction, *, rises: bool | None, after: float, kept: bool) -> None:
    assert bool(findings(_check(direction, (0.5, after), rises=rises))) is not kept


def test_one_exception_is_shown() -> None:
    found = finding(_check(Direction.INCREASING, (0.5, 0.6), (0.7, 0.3)))
    assert "is not in 1 of 2 changes: 1.0 became 2.0, and 0.7 became 0.3" in found.message
    assert found.location == _WHERE
    assert found.severity is None


def test_one_element_of_a_row() -> None:
    assert not findings(_check(Direction.INCREASING, ([0.5, 0.5], [0.1, 0.9]), index=(1,)))
    assert findings(_check(Direction.INCREASING, ([0.5, 0.5], [0.1, 0.9]), index=(0,)))


@pytest.mark.parametrize(
    ("answers", "rises", "index"),
    [
        (("a", "b"), True, ()),  # no number
        (([0.5, 0.5], [0.1, 0.9]), True, ()),  # a whole row
        ((0.5, 0.6), None, ()),  # an input that is no number
        (([0.5], [0.6]), True, (4,)),  # no such element
    ],
)
def test_what_cannot_be_judged_is_not_examined(
    answers: tuple[ArrayLike, ArrayLike], *, rises: bool | None, index: tuple[int, ...]
) -> None:
    (said,) = _check(Direction.INCREASING, answers, rises=rises, index=index)
    assert isinstance(said, NotExamined)
    assert "is increasing with 'x'" in said.what


def test_nothing_was_tried() -> None:
    wish = _expectation(Direction.CHANGES)
    (said,) = moves_as_expected(
        candidate(), _READING, (Trials(expectation=wish, missing="no two examples differ"),)
    )
    assert isinstance(said, NotExamined)
    assert "no two examples differ" in said.what


def test_a_slip_of_the_pen_is_named() -> None:
    other = reading_of("x1 = Placeholder\ny1 = Neg x1\n", "x1", "y1")
    said = [one.message for one in findings(_check(Direction.CHANGES, (0.5, 0.6), reading=other))]

    assert ["names 'y'" in one and "'y1'?" in one for one in said] == [True, False]
    assert ["names 'x'" in one and "'x1'?" in one for one in said] == [False, True]
