from __future__ import annotations

import pytest

from servegate.facts.probes import Provenance, Replies
from servegate.findings import NotExamined
from servegate.providers import Blocked, Later, NotApplicable
from tests.support.evidence import (
    FIRST_VERSION,
    candidate,
    finding,
    findings,
    later,
    replies,
    reply,
)
from validators.version.answers_requests import answers_requests

_REFUSED = "INVALID_ARGUMENT: indices[0] = 9 is not in [0, 5)"
_MADE_UP = replies(reply("a", refusal=_REFUSED), reply("b", refusal=_REFUSED))
_FIRST: Later[Replies] = later(FIRST_VERSION)


def test_made_up_inputs_that_are_refused_prove_nothing() -> None:
    with pytest.raises(NotApplicable, match="refuses all 2 made-up inputs") as skipped:
        list(answers_requests(candidate(), _MADE_UP, _FIRST))

    assert "`examples:`" in skipped.value.enable


def test_signature_that_refuses_made_up_inputs_beside_one_that_answers() -> None:
    both = Replies(
        by_signature={
            "tags": (reply("a", refusal=_REFUSED),),
            "scores": (reply("b", answer=1.0),),
        }
    )
    (said,) = answers_requests(candidate(), both, _FIRST)

    assert isinstance(said, NotExamined)
    assert _REFUSED in said.what


def test_made_up_inputs_that_the_base_version_answers_block() -> None:
    base = later(replies(reply("a", answer=1.0), reply("b", answer=2.0)))
    found = finding(answers_requests(candidate(), _MADE_UP, base))

    assert found.severity is None
    assert "the base version answers (2)" in found.message
    assert found.observed == f"a: {_REFUSED}"


def test_base_version_that_refuses_most_of_them_too() -> None:
    base = later(replies(reply("a", answer=1.0), reply("b", refusal=_REFUSED)))

    with pytest.raises(NotApplicable):
        list(answers_requests(candidate(), _MADE_UP, base))


def test_base_version_that_cannot_be_asked() -> None:
    blocked: Later[Replies] = later(Blocked("no", by="version/loads"))

    with pytest.raises(NotApplicable):
        list(answers_requests(candidate(), _MADE_UP, blocked))


@pytest.mark.parametrize(
    "reason",
    [
        "NOT_FOUND: Could not find variable dense/bias. This could mean that …",
        "FAILED_PRECONDITION: Attempting to use uninitialized value w",
        "FAILED_PRECONDITION: Table not initialized.",
    ],
)
def test_reasons_that_no_input_helps_block_a_first_version(reason: str) -> None:
    asked = replies(reply("a", refusal=reason), reply("b", refusal=reason))
    found = finding(answers_requests(candidate(), asked, _FIRST))

    assert found.severity is None
    assert reason in found.message


def test_one_answer_excuses_the_refusals_of_made_up_inputs() -> None:
    some = replies(reply("a", refusal=_REFUSED), reply("b", answer=1.0))

    assert not findings(answers_requests(candidate(), some, _FIRST))


def test_refused_warm_up_record_blocks_whatever_else_is_answered() -> None:
    recorded = reply("warm-up record 1", refusal=_REFUSED, provenance=Provenance.WARM_UP)
    found = finding(
        answers_requests(candidate(), replies(recorded, reply("b", answer=1.0)), _FIRST)
    )

    assert found.severity is None
    assert "warm-up records (1)" in found.message


def test_refused_example_is_told_elsewhere() -> None:
    recorded = reply("example 1", refusal=_REFUSED, provenance=Provenance.EXAMPLE)

    assert not findings(
        answers_requests(candidate(), replies(recorded, reply("b", answer=1.0)), _FIRST)
    )


def test_what_is_refused_for_an_op_s_sake_is_told_elsewhere() -> None:
    refusal = "INTERNAL: XLA compilation disabled\n\t [[{{node call}}]]"
    base = replies(reply("a", answer=1.0))

    assert not findings(
        answers_requests(candidate(), replies(reply("a", refusal=refusal)), later(base))
    )
