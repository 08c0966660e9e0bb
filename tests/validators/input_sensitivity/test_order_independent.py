from __future__ import annotations

import pytest

from servegate.checks import Outcome
from servegate.facts.probes import Order
from servegate.facts.reading import GraphReading
from servegate.facts.settings import Declared, Settings
from servegate.findings import Severity
from servegate.providers import NotApplicable
from tests.support.evidence import (
    FIRST_VERSION,
    candidate,
    finding,
    findings,
    later,
    remarks,
    reply,
)
from tests.support.graph_text import reading_of
from validators.input_sensitivity.order_independent import order_independent

_STATELESS = "x = Placeholder\ny = Neg x\n"
_COUNTING = """
    x = Placeholder
    count = VarHandleOp {shared_name=seen}
    add = AssignAddVariableOp count x
    y = ReadVariableOp count ^add
    """
_SAMPLING = """
    x = Placeholder
    count = VarHandleOp {shared_name=seen}
    add = AssignAddVariableOp count x
    read = ReadVariableOp count ^add
    noise = RandomUniform x
    y = AddV2 read noise
    """


def _order(first: float, other: float, last: float) -> Order:
    answers = [reply("example 1", 1.0, value) for value in (first, other, last)]
    return Order(after_itself=(answers[0], answers[2]), after_other=(answers[1],))


def _check(
    *asked: Order,
    text: str = _COUNTING,
    before: GraphReading | None = None,
    stateful: str = "",
) -> Outcome:
    declared = (Declared(name=stateful, reason="a mean"),) if stateful else ()
    return order_independent(
        candidate(),
        Settings(stateful=declared),
        reading_of(text),
        later(before or FIRST_VERSION),
        later(asked),
    )


def test_a_graph_without_state_is_proof() -> None:
    assert remarks(_check(text=_STATELESS)) == [
        "By the graph, no request leaves a trace that an answer depends on."
    ]


@pytest.mark.parametrize("order", [_order(1.0, 2.0, 1.0), _order(1.0, 1.0, 2.0)])
def test_answers_that_move_are_told_with_what_is_written(order: Order) -> None:
    found = finding(_check(order))

    assert "was 1 once and 2" in found.message
    assert "'seen'" in found.message
    assert '{"y": "why"}' in found.remedy
    assert order_independent.__dict__["check"].severity is Severity.ADVISORY


def test_answers_that_stay() -> None:
    assert not findings(_check(_order(1.0, 1.0, 1.0)))


def test_the_base_versions_graph_does_so_too() -> None:
    found = finding(_check(_order(1.0, 2.0, 1.0), before=reading_of(_COUNTING)))
    assert found.message.endswith("The base version's does too.")


def test_what_is_drawn_is_told_of_elsewhere() -> None:
    assert not findings(_check(_order(1.0, 2.0, 3.0), text=_SAMPLING))


def test_declared() -> None:
    assert not findings(_check(_order(1.0, 2.0, 1.0), stateful="y"))


def test_a_declaration_that_is_outlived() -> None:
    assert "no longer" in finding(_check(text=_STATELESS, stateful="y")).message


def test_a_slip_of_the_pen() -> None:
    found = finding(_check(_order(1.0, 1.0, 1.0), stateful="yy"))
    assert "names 'yy', and no signature has an output of this name" in found.message


def test_nothing_could_be_asked() -> None:
    with pytest.raises(NotApplicable):
        list(_check())
