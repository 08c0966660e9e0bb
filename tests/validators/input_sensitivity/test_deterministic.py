from __future__ import annotations

from collections.abc import Mapping

import pytest
from numpy.typing import ArrayLike

from servegate.checks import Outcome
from servegate.facts.probes import Repeat
from servegate.facts.reading import GraphReading
from servegate.facts.settings import Settings
from servegate.findings import Location, Severity
from servegate.providers import NotApplicable
from tests.support.evidence import candidate, finding, findings, reply
from tests.support.graph_text import reading_of
from validators.input_sensitivity.deterministic import deterministic

_NOTHING = GraphReading(dependences=())
_Answer = ArrayLike | Mapping[str, ArrayLike]


def _twice(first: _Answer, second: _Answer, label: str = "example 1") -> Repeat:
    return Repeat(first=reply(label, 1.0, first), second=reply(label, 1.0, second))


def _check(*repeats: Repeat, reading: GraphReading = _NOTHING) -> Outcome:
    return deterministic(candidate(), Settings(), repeats, reading)


def test_names_output_and_difference() -> None:
    found = finding(_check(_twice(0.5, 0.5), _twice(0.25, 0.75, "example 2")))

    assert "'serving_default'" in found.message
    assert "'y' was 0.25 against 0.75" in found.message
    assert "depends on" not in found.message
    assert found.observed.endswith("of 2 requests asked twice")
    assert found.location == Location(file="models/prices/2")
    assert found.evidence["largest"] == {"y": 0.5}


def test_it_only_ever_informs() -> None:
    assert deterministic.__dict__["check"].severity is Severity.ADVISORY
    assert finding(_check(_twice(0.25, 0.75))).severity is None


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [
        (0.5, 0.5 + 1e-7, False),
        (0.5, 0.5 + 1e-3, True),
        (float("nan"), float("nan"), False),
        (3, 4, True),
        ("cheap", "dear", True),
        ([0.5, 0.5], [0.5], True),
    ],
)
def test_noise_is_no_difference(first: ArrayLike, second: ArrayLike, *, differs: bool) -> None:
    assert bool(findings(_check(_twice(first, second)))) is differs


def test_only_outputs_that_differ_are_named() -> None:
    found = finding(_check(_twice({"score": 0.1, "class": 3}, {"score": 0.2, "class": 3})))

    assert "'score'" in found.message
    assert "'class'" not in found.message


def test_cause_is_read_from_the_graph_of_the_output_that_differs() -> None:
    text = """
        x = Placeholder
        noise = RandomUniform x
        now = Timestamp
        score = AddV2 x noise
        time = AddV2 x now
        """
    told = {"score": 0.1, "time": 1.0}
    found = finding(
        _check(_twice(told, {**told, "score": 0.2}), reading=reading_of(text, outputs="score time"))
    )

    assert found.message.endswith("It depends on random numbers (RandomUniform).")


_COUNTING = """
    x = Placeholder
    count = VarHandleOp {shared_name=seen}
    add = AssignAddVariableOp count x
    read = ReadVariableOp count ^add
    """


def test_state_is_a_cause_beside_random_numbers() -> None:
    text = f"""
    {_COUNTING}
        noise = RandomUniform x
        y = AddV2 read noise
        """
    found = finding(_check(_twice(1.0, 2.0), reading=reading_of(text)))

    assert "RandomUniform" in found.message
    assert "what requests write to 'seen'" in found.message


def test_state_alone_is_left_to_another_check() -> None:
    text = f"{_COUNTING}    y = Identity read\n"

    assert not findings(_check(_twice(1.0, 2.0), reading=reading_of(text)))


def test_request_that_is_refused_the_second_time() -> None:
    second = reply("example 1", 1.0, refusal="INTERNAL: used up")
    found = finding(_check(Repeat(first=reply("example 1", 1.0, 0.5), second=second)))

    assert found.observed == "example 1: INTERNAL: used up"


def test_nothing_was_answered() -> None:
    with pytest.raises(NotApplicable):
        list(_check())
