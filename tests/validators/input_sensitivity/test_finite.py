from __future__ import annotations

import math

import pytest

from servegate.facts.probes import Provenance, Replies
from servegate.findings import Severity
from servegate.providers import Later, NotApplicable
from tests.support.evidence import (
    FIRST_VERSION,
    candidate,
    finding,
    findings,
    later,
    replies,
    reply,
)
from validators.input_sensitivity.finite import finite

_FIRST: Later[Replies] = later(FIRST_VERSION)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_plausible_input_is_proof(value: float) -> None:
    bad = reply("example 1", answer=value, provenance=Provenance.EXAMPLE)
    found = finding(finite(candidate(), replies(bad), _FIRST))

    assert found.severity is None
    assert "plausible inputs" in found.message
    assert found.observed == "example 1: not finite"


def test_made_up_input_alone_informs() -> None:
    found = finding(finite(candidate(), replies(reply("a", answer=math.nan)), _FIRST))

    assert found.severity is Severity.ADVISORY


def test_made_up_input_that_the_base_version_answers_with_numbers_is_proof() -> None:
    bad, base = reply("a", answer=math.nan), replies(reply("a", answer=1.0))
    found = finding(finite(candidate(), replies(bad), later(base)))

    assert found.severity is None
    assert "as the base version answers" in found.expected


@pytest.mark.parametrize("provenance", [Provenance.EXAMPLE, Provenance.SYNTHESISED])
def test_nan_of_the_base_version_is_inherited(provenance: Provenance) -> None:
    bad = replies(reply("a", answer=math.nan, provenance=provenance))

    assert finding(finite(candidate(), bad, later(bad))).severity is Severity.ADVISORY


def test_made_up_input_of_an_immoderate_size_informs() -> None:
    bad, base = reply("a", 1e6, math.inf, moderate=False), replies(reply("a", 1e6, 1.0))

    assert finding(finite(candidate(), replies(bad), later(base))).severity is Severity.ADVISORY


def test_telling_input_is_shown_first() -> None:
    said = replies(
        reply("made-up", answer=math.nan),
        reply("example 3", answer=math.nan, provenance=Provenance.EXAMPLE),
    )
    found = finding(finite(candidate(), said, _FIRST))

    assert found.observed == "example 3: not finite"
    assert "(2 inputs, outputs y)" in found.message


def test_integers_and_strings_are_left_alone() -> None:
    said = replies(reply("a", answer={"class": 3, "name": b"nan"}))

    assert not findings(finite(candidate(), said, _FIRST))


def test_nothing_was_answered() -> None:
    with pytest.raises(NotApplicable):
        list(finite(candidate(), replies(reply("a", refusal="INVALID_ARGUMENT: no")), _FIRST))
