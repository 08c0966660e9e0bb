from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import ArrayLike

from servegate.checks import Outcome
from servegate.facts.probes import Provenance, Repeat, Replies, Reply
from servegate.facts.reading import GraphReading
from servegate.facts.settings import Settings
from servegate.findings import Severity
from servegate.providers import Absent, Blocked, Later, NotApplicable
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


def _check(
    said: Replies, base: Later[Replies], repeats: tuple[Repeat, ...] | Absent = ()
) -> Outcome:
    reading = GraphReading(dependences=())
    return answers_vary(candidate(), Settings(), reading, said, base, later(repeats))


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
    found = finding(_check(replies(*_same(16)), _FIRST))

    assert found.severity is Severity.ADVISORY
    assert "`examples:`" in found.remedy
    assert found.observed == "always y = [0.5]"


def test_base_version_that_tells_them_apart_makes_it_proof() -> None:
    said = _same(4)
    found = finding(_check(replies(*said), later(_moving(said))))

    assert found.severity is None
    assert found.message.endswith("4 different inputs, which the base version tells apart.")


def test_constant_of_the_base_version_is_inherited() -> None:
    said = replies(*_same(4))

    assert finding(_check(said, later(said))).severity is Severity.ADVISORY


def test_base_version_that_cannot_be_asked_proves_nothing() -> None:
    blocked: Later[Replies] = later(Blocked("no", by="version/loads"))

    assert finding(_check(replies(*_same(4)), blocked)).severity is Severity.ADVISORY


@pytest.mark.parametrize("provenance", [Provenance.EXAMPLE, Provenance.WARM_UP])
def test_plausible_inputs_are_proof(provenance: Provenance) -> None:
    said = replies(*_same(2, provenance), *_same(4))

    assert finding(_check(said, _FIRST)).severity is None


@pytest.mark.parametrize(("inputs", "severity"), [(7, Severity.ADVISORY), (8, None)])
def test_class_names_need_more_inputs_than_scores(inputs: int, severity: Severity | None) -> None:
    said = [
        reply(f"example {number}", number, {"class": 3}, provenance=Provenance.EXAMPLE)
        for number in range(inputs)
    ]

    assert finding(_check(replies(*said), _FIRST)).severity is severity


def test_class_is_judged_with_the_scores_beside_it() -> None:
    said = [reply(f"{one}", one, {"class": 3, "score": one / 10}) for one in range(1, 9)]

    assert not findings(_check(replies(*said), _FIRST))


def test_noise_is_no_variation() -> None:
    said = [reply(f"{one}", one, 0.5 + one * 1e-8) for one in range(8)]

    assert findings(_check(replies(*said), _FIRST))


def test_small_variation_counts_on_its_own_scale() -> None:
    said = [reply(f"{one}", one, 1e-12 * one) for one in range(1, 9)]

    assert not findings(_check(replies(*said), _FIRST))


def test_examples_that_all_get_one_answer_while_made_up_inputs_move_it() -> None:
    stuck = _same(3, Provenance.EXAMPLE)
    said = replies(*stuck, reply("made-up", 1e6, 0.9))

    assert remarks(_check(said, _FIRST)) == [
        "The examples all get one answer; made-up inputs move it."
    ]
    found = finding(_check(said, later(_moving(stuck))))
    assert found.severity is None
    assert "3 plausible inputs, which the base version tells apart" in found.message


def test_same_input_twice_is_one_input() -> None:
    said = replies(reply("a", 1.0, 0.5), reply("b", 1.0, 0.5))

    with pytest.raises(NotApplicable) as absent:
        list(_check(said, _FIRST))
    assert "examples" in absent.value.enable


def test_refused_inputs_do_not_count() -> None:
    said = replies(reply("a", 1.0, 0.5), reply("b", 2.0, refusal="INVALID_ARGUMENT: no"))

    with pytest.raises(NotApplicable):
        list(_check(said, _FIRST))


def _two_outputs(
    moving: Sequence[ArrayLike],
    *,
    provenance: Provenance = Provenance.SYNTHESISED,
    **outputs: Sequence[ArrayLike],
) -> Replies:
    """Answers with an output `y` that moves, and with others."""
    rows = (dict(zip(outputs, row, strict=True)) for row in zip(*outputs.values(), strict=True))
    return replies(
        *(
            reply(f"input {number}", number, {"y": y, **row}, provenance=provenance)
            for number, (y, row) in enumerate(zip(moving, rows, strict=True))
        )
    )


_MOVING = (0.1, 0.2, 0.4, 0.7)
_STILL = (0.0,) * 4


@pytest.mark.parametrize("provenance", list(Provenance))
def test_score_that_stands_still_while_its_sibling_moves(provenance: Provenance) -> None:
    now = _two_outputs(_MOVING, z=_STILL, provenance=provenance)
    before = _two_outputs(_MOVING, z=(5.5, 6.5, 7.5, 9.0), provenance=provenance)
    found = finding(_check(now, later(before)))

    assert found.severity is None
    kind = "made-up" if provenance is Provenance.SYNTHESISED else "plausible"
    assert f"gives the same 'z' to 4 different {kind} inputs" in found.message
    assert found.observed == "always z = [0]"
    assert found.evidence["outputs"] == ["z"]


def test_score_is_judged_against_its_own_range() -> None:
    before = _two_outputs(_MOVING, z=(1e-6, 2e-6, 3e-6, 5e-6))

    assert findings(_check(_two_outputs(_MOVING, z=_STILL), later(before)))
    assert not findings(
        _check(_two_outputs((1e6, 2e6, 3e6, 4e6), z=(1e-6, 2e-6, 1e-6, 1e-6)), later(before))
    )


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (_STILL, FIRST_VERSION),
        (_STILL, Blocked("no", by="version/loads")),
        (_STILL, _STILL),
        (_STILL, (0.5, 0.5, 0.7, 0.7)),
        (_STILL, (0.5, 0.5001, 0.5002, 0.5003)),
        (_STILL, (0.0, 1.0, 2.0, 5.0)),
        (_STILL, (0.5, float("nan"), 0.7, 0.9)),
        (_STILL, (1, 2, 3, 4)),
        ((3, 3, 3, 3), (1, 2, 3, 4)),
        ((3, 3, 3, 3), (0.5, 0.6, 0.7, 0.9)),
        ((b"cat",) * 4, (b"cat", b"dog", b"cow", b"eel")),
        ((0.5, 0.5, 0.5, 0.50001), (0.5, 0.6, 0.7, 0.9)),
    ],
    ids=[
        "first version",
        "base version that does not load",
        "inherited",
        "two values",
        "less than 16 bits hold",
        "classes written as numbers",
        "not a number",
        "was a class",
        "class",
        "became a class",
        "class name",
        "moves a little",
    ],
)
def test_score_that_may_stand_still(
    now: Sequence[ArrayLike], before: Sequence[ArrayLike] | Absent
) -> None:
    base = before if isinstance(before, Absent) else _two_outputs(_MOVING, z=before)

    assert not findings(_check(_two_outputs(_MOVING, z=now), later(base)))


def test_score_that_moved_by_itself_may_stand_still() -> None:
    before = _two_outputs(_MOVING, z=(5.5, 6.5, 7.5, 9.0))
    again = _two_outputs(_MOVING, z=(4.5, 1.5, 8.5, 2.0))
    repeats = tuple(
        Repeat(first=one, second=other)
        for one, other in zip(
            before.answered("serving_default"), again.answered("serving_default"), strict=True
        )
    )
    said = _two_outputs(_MOVING, z=_STILL)

    assert not findings(_check(said, later(before), repeats))
    assert not findings(_check(said, later(before), NotApplicable("It does not run any more.")))
    assert findings(_check(said, later(before)))


def test_few_examples_leave_it_to_made_up_inputs_of_moderate_size() -> None:
    def said(z: Sequence[float]) -> Replies:
        return replies(
            reply("example", 0.0, {"y": 0.5, "z": z[0]}, provenance=Provenance.EXAMPLE),
            *(reply(f"{one}", one, {"y": one, "z": z[one]}) for one in (1, 2, 3)),
            reply("huge", 1e6, {"y": 9.0, "z": z[4]}, moderate=False),
        )

    moving = later(said((1.5, 2.5, 3.5, 4.5, 5.5)))
    assert (
        "3 different made-up inputs"
        in finding(_check(said((7.0, 0.5, 0.5, 0.5, 8.0)), moving)).message
    )
    assert not findings(_check(said((0.5, 0.5, 0.5, 0.7, 0.5)), moving))
