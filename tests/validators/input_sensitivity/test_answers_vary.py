from __future__ import annotations

import numpy as np
import pytest

from servegate.facts.probes import Provenance, Replies, Reply
from servegate.findings import Severity
from servegate.providers import Blocked, Later, NotApplicable
from tests.support.evidence import (
    FIRST_VERSION,
    candidate,
    finding,
    findings,
    later,
    remarks,
    replies,
    reply,
)
from validators.input_sensitivity.answers_vary import answers_vary

_FIRST: Later[Replies] = later(FIRST_VERSION)


def _same(count: int, provenance: Provenance = Provenance.SYNTHESISED) -> list[Reply]:
    return [
        reply(f"{provenance} {number}", number, 0.5, provenance=provenance)
        for number in range(count)
    ]


def _moving(said: list[Reply]) -> Replies:
    """The base version's answers to the same probes."""
    return replies(
        *(
            Reply(probe=one.probe, outputs={"y": np.array([number], np.float32)})
            for number, one in enumerate(said)
        )
    )


def test_made_up_inputs_alone_inform() -> None:
    found = finding(answers_vary(candidate(), replies(*_same(16)), _FIRST))

    assert found.severity is Severity.ADVISORY
    assert "`examples:`" in found.remedy
    assert found.observed == "always y = [0.5]"


def test_base_version_that_tells_them_apart_makes_it_proof() -> None:
    said = _same(4)
    found = finding(answers_vary(candidate(), replies(*said), later(_moving(said))))

    assert found.severity is None
    assert found.message.endswith("4 different inputs, which the base version tells apart.")


def test_constant_of_the_base_version_is_inherited() -> None:
    said = replies(*_same(4))

    assert finding(answers_vary(candidate(), said, later(said))).severity is Severity.ADVISORY


def test_base_version_that_cannot_be_asked_proves_nothing() -> None:
    blocked: Later[Replies] = later(Blocked("no", by="version/loads"))

    assert (
        finding(answers_vary(candidate(), replies(*_same(4)), blocked)).severity
        is Severity.ADVISORY
    )


@pytest.mark.parametrize("provenance", [Provenance.EXAMPLE, Provenance.WARM_UP])
def test_plausible_inputs_are_proof(provenance: Provenance) -> None:
    said = replies(*_same(2, provenance), *_same(4))

    assert finding(answers_vary(candidate(), said, _FIRST)).severity is None


@pytest.mark.parametrize(("inputs", "severity"), [(7, Severity.ADVISORY), (8, None)])
def test_class_names_need_more_inputs_than_scores(inputs: int, severity: Severity | None) -> None:
    said = [
        reply(f"example {number}", number, {"class": 3}, provenance=Provenance.EXAMPLE)
        for number in range(inputs)
    ]

    assert finding(answers_vary(candidate(), replies(*said), _FIRST)).severity is severity


def test_class_is_judged_with_the_scores_beside_it() -> None:
    said = [reply(f"{one}", one, {"class": 3, "score": one / 10}) for one in range(1, 9)]

    assert not findings(answers_vary(candidate(), replies(*said), _FIRST))


def test_noise_is_no_variation() -> None:
    said = [reply(f"{one}", one, 0.5 + one * 1e-8) for one in range(8)]

    assert findings(answers_vary(candidate(), replies(*said), _FIRST))


def test_small_variation_counts_on_its_own_scale() -> None:
    said = [reply(f"{one}", one, 1e-12 * one) for one in range(1, 9)]

    assert not findings(answers_vary(candidate(), replies(*said), _FIRST))


def test_examples_that_all_get_one_answer_while_made_up_inputs_move_it() -> None:
    stuck = _same(3, Provenance.EXAMPLE)
    said = replies(*stuck, reply("made-up", 1e6, 0.9))

    assert remarks(answers_vary(candidate(), said, _FIRST)) == [
        "The examples all get one answer; made-up inputs move it."
    ]
    found = finding(answers_vary(candidate(), said, later(_moving(stuck))))
    assert found.severity is None
    assert "3 plausible inputs, which the base version tells apart" in found.message


def test_same_input_twice_is_one_input() -> None:
    said = replies(reply("a", 1.0, 0.5), reply("b", 1.0, 0.5))

    with pytest.raises(NotApplicable) as absent:
        list(answers_vary(candidate(), said, _FIRST))
    assert "examples" in absent.value.enable


def test_refused_inputs_do_not_count() -> None:
    said = replies(reply("a", 1.0, 0.5), reply("b", 2.0, refusal="INVALID_ARGUMENT: no"))

    with pytest.raises(NotApplicable):
        list(answers_vary(candidate(), said, _FIRST))
