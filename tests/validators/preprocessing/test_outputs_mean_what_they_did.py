from __future__ import annotations

import pytest

from servegate.checks import Outcome
from servegate.facts.probes import Replies
from servegate.facts.reading import GraphReading
from servegate.findings import Severity
from servegate.providers import Absent, NotApplicable
from tests.support.evidence import candidate, finding, findings, later, replies, reply
from tests.support.graph_text import reading_of
from validators.preprocessing.outputs_mean_what_they_did import outputs_mean_what_they_did

_TWO = "x = Placeholder\na = Neg x\nb = Abs x\n"


def _reading(text: str) -> GraphReading:
    return reading_of(text, outputs="a b")


_ANSWERS = replies(reply("1", 1.0, {"a": -1.0, "b": 1.5}), reply("2", 2.0, {"a": -2.0, "b": 2.5}))


def _check(text: str, before: str = _TWO, said: Replies | Absent = _ANSWERS) -> Outcome:
    return outputs_mean_what_they_did(candidate(), _reading(text), _reading(before), later(said))


def test_two_tensors() -> None:
    assert not findings(_check(_TWO))


@pytest.mark.parametrize(
    "text",
    [
        "x = Placeholder\na = Neg x\nb = Identity a\n",
        "x = Placeholder\na = Identity b\nb = Abs x\n",
        "x = Placeholder\nc = Abs x\nd = Identity c\na = Identity d\nb = CheckNumerics c\n",
    ],
)
def test_one_tensor_is_told_once(text: str) -> None:
    found = finding(_check(text))
    assert "is output 'b' under another name" in found.message
    assert found.severity is None


def test_an_input_under_another_name() -> None:
    found = finding(_check("x = Placeholder\na = Neg x\nb = Identity x\n"))
    assert "Output 'b' of signature 'serving_default' is input 'x'" in found.message


@pytest.mark.parametrize(
    "text",
    [
        "x = Placeholder\na = Neg x\nb = Identity a\n",
        "x = Placeholder\na = Neg x\nb = Identity x\n",
    ],
)
def test_as_before(text: str) -> None:
    assert not findings(_check(text, text))


def test_equal_nodes_are_two_tensors() -> None:
    assert not findings(_check("x = Placeholder\na = Neg x\nb = Neg x\n"))


_ONE = "x = Placeholder\na = Neg x\nb = Identity a\n"
_ECHO = "x = Placeholder\na = Neg x\nb = Identity x\n"


@pytest.mark.parametrize(("text", "b"), [(_ONE, -1.0), (_ECHO, 1.0)])
def test_two_tensors_that_are_always_equal_may_become_one(text: str, b: float) -> None:
    assert not findings(_check(text, said=replies(reply("1", 1.0, {"a": [-1.0], "b": [b]}))))


@pytest.mark.parametrize("text", [_ONE, _ECHO])
def test_where_the_base_version_cannot_be_asked_it_informs(text: str) -> None:
    for said in (replies(), NotApplicable("The base version does not run.")):
        assert finding(_check(text, said=said)).severity is Severity.ADVISORY
