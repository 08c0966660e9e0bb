"""Which values are exchanged between which examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import ArrayLike

from servegate.evidence.probes import ProbePlan
from servegate.evidence.swap_plan import MOST_SWAPS, made_up_swap_plan, swap_plan
from servegate.facts.examples import FittedExamples
from servegate.facts.probes import Probe, Provenance, Replies, Reply
from servegate.facts.reading import GraphReading
from servegate.facts.settings import Declared, Settings
from servegate.facts.swaps import SignatureSwaps
from servegate.providers import Absent, Blocked, NotApplicable
from tests.support.evidence import later
from tests.support.graph_text import reading_of

_BOTH = "x = Placeholder\nz = Placeholder\ny = AddV2 x z"
_NO_EXAMPLES = NotApplicable("no examples", enable="give `examples:`")


def _reading(text: str, inputs: str = "x z") -> GraphReading:
    return reading_of(text, inputs)


def _probe(
    number: int,
    values: Mapping[str, ArrayLike],
    kind: Provenance = Provenance.EXAMPLE,
    *,
    moderate: bool = True,
) -> Probe:
    return Probe(
        label=f"{kind} {number}",
        signature="serving_default",
        inputs={name: np.array([value]) for name, value in values.items()},
        provenance=kind,
        moderate=moderate,
    )


def _plan(
    rows: Sequence[Mapping[str, ArrayLike]],
    *,
    reading: GraphReading | None = None,
    settings: Settings | None = None,
    examples: Absent | FittedExamples = _NO_EXAMPLES,
) -> tuple[SignatureSwaps, ...]:
    probes = tuple(_probe(number, row) for number, row in enumerate(rows, 1))
    plausible = {"serving_default": probes} if probes else {}
    return swap_plan(
        ProbePlan(plausible=plausible, made_up={}),
        reading or _reading(_BOTH),
        settings or Settings(),
        later(examples),
    )


def _values(plan: SignatureSwaps, name: str) -> list[tuple[str, float, float]]:
    """The label of the original, and both values after the swap."""
    return [
        (one.original.label, one.probe.inputs["x"].item(), one.probe.inputs["z"].item())
        for one in plan.by_input[name]
    ]


def test_one_input_gets_the_next_examples_value_and_the_other_is_kept() -> None:
    (plan,) = _plan([{"x": 1, "z": 10}, {"x": 2, "z": 20}, {"x": 3, "z": 30}])

    assert _values(plan, "x")[:3] == [
        ("example 1", 2, 10),
        ("example 2", 3, 20),
        ("example 3", 1, 30),
    ]
    assert len(_values(plan, "x")) == len(_values(plan, "z")) == 6
    assert plan.by_input["x"][0].probe.label == "example 1 with 'x' of example 2"
    assert plan.by_input["x"][0].probe.plausible
    assert plan.alike == ()


def test_all_combinations_of_a_flag_are_exchanged() -> None:
    rows = [{"x": x, "z": z} for x in (1.0, 2.0) for z in (0.0, 1.0)]
    (plan,) = _plan(rows)

    assert {one[1:] for one in _values(plan, "z")} == {(1, 0), (1, 1), (2, 0), (2, 1)}


def test_no_question_comes_twice_and_none_is_an_original() -> None:
    (plan,) = _plan([{"x": 1, "z": 10}, {"x": 1, "z": 10}, {"x": 2, "z": 20}, {"x": 2, "z": 20}])

    assert sorted(one[1:] for one in _values(plan, "x")) == [(1, 20), (2, 10)]


def test_input_that_no_two_examples_differ_in() -> None:
    (plan,) = _plan([{"x": 1, "z": 10}, {"x": 2, "z": 10}])

    assert plan.alike == ("z",)
    assert list(plan.by_input) == ["x"]


def test_only_values_of_one_shape_and_type_are_exchanged() -> None:
    (plan,) = _plan([{"x": [1, 2], "z": 1}, {"x": [3], "z": 2}, {"x": [4.0, 5.0], "z": 3}])

    assert plan.alike == ("x",)


def test_texts_are_values_too() -> None:
    texts = [np.array(word, object) for word in (b"\xff\n", b"b" * 10_000)]
    (plan,) = _plan([{"x": number, "z": text} for number, text in enumerate(texts)])

    assert [one.probe.inputs["z"].item() for one in plan.by_input["z"]] == [
        b"b" * 10_000,
        b"\xff\n",
    ]


def test_many_examples_are_taken_from_everywhere_and_swaps_are_limited() -> None:
    (plan,) = _plan([{"x": number, "z": -number} for number in range(1000)])
    originals = {one.original.inputs["x"].item() for one in plan.by_input["z"]}

    assert len(plan.by_input["z"]) == MOST_SWAPS
    assert max(originals) > 900


def test_optional_input_is_exchanged_where_it_is_given() -> None:
    (plan,) = _plan([{"x": 1, "z": 1}, {"x": 2}, {"x": 3, "z": 3}])

    assert {one.original.label for one in plan.by_input["z"]} == {"example 1", "example 3"}


def test_what_is_known_already_is_not_asked() -> None:
    rows = [{"x": 1, "z": 10}, {"x": 2, "z": 20}]
    unused = "x = Placeholder\nz = Placeholder\ny = Neg x"
    declared = Settings(ignores=(Declared(name="z", reason="for logging"),))

    for (plan,) in (_plan(rows, reading=_reading(unused)), _plan(rows, settings=declared)):
        assert list(plan.by_input) == ["x"]


@pytest.mark.parametrize(
    ("text", "inputs"),
    [("x = Placeholder\ny = Neg x", "x"), ("x = Placeholder\nz = Placeholder\ny = Const", "x z")],
)
def test_one_input_is_left_to_other_checks(text: str, inputs: str) -> None:
    with pytest.raises(NotApplicable) as absent:
        _plan([{"x": 1}, {"x": 2}], reading=_reading(text, inputs))
    assert not absent.value.enable


def test_without_examples_it_is_said_as_they_say_it() -> None:
    with pytest.raises(NotApplicable) as absent:
        _plan([])
    assert absent.value is _NO_EXAMPLES


def test_examples_that_fit_nothing_are_told_elsewhere() -> None:
    nothing = FittedExamples(source="the recorded inputs", location=None, fitted=())

    with pytest.raises(Blocked) as absent:
        _plan([], examples=nothing)
    assert absent.value.by == "preprocessing/signature-accepts-training-tensors"


_MADE_UP = (
    _probe(1, {"x": 1, "z": 10}, Provenance.SYNTHESISED),
    _probe(2, {"x": 2, "z": 20}, Provenance.SYNTHESISED),
    _probe(3, {"x": 9000, "z": 30}, Provenance.SYNTHESISED, moderate=False),
)


def _made_up_plan(
    *plausible: Probe, refused: int = 0, before: str = _BOTH, settings: Settings | None = None
) -> tuple[SignatureSwaps, ...]:
    """The last made-up probes may be refused; plausible ones are all answered."""
    answered = len(_MADE_UP) - refused
    replies = (
        *(Reply(probe=one, outputs={}) for one in (*plausible, *_MADE_UP[:answered])),
        *(Reply(probe=one, refusal="INVALID_ARGUMENT: no") for one in _MADE_UP[answered:]),
    )
    return made_up_swap_plan(
        ProbePlan(plausible={"serving_default": plausible}, made_up={}),
        Replies(by_signature={"serving_default": replies}),
        _reading(_BOTH),
        _reading(before),
        settings or Settings(),
    )


def test_made_up_inputs_are_exchanged_where_there_are_no_others() -> None:
    (plan,) = _made_up_plan()
    moderate = [one.probe for one in plan.by_input["z"] if one.probe.moderate]

    assert list(plan.by_input) == ["x", "z"]
    assert len(plan.by_input["z"]) == 6
    assert {one.inputs["x"].item() for one in moderate} == {1, 2}
    assert {one.inputs["z"].item() for one in moderate} == {10, 20}
    assert not any(one.probe.plausible for one in plan.by_input["z"])


def test_made_up_inputs_that_were_refused_are_not_exchanged() -> None:
    (plan,) = _made_up_plan(refused=1)

    assert {one.original.label for one in plan.by_input["z"]} == {"synthesised 1", "synthesised 2"}
    assert _made_up_plan(refused=2) == ()


def test_made_up_inputs_stand_in_for_what_examples_do_not_differ_in() -> None:
    (plan,) = _made_up_plan(_probe(1, {"x": 1, "z": 10}), _probe(2, {"x": 2, "z": 10}))

    assert list(plan.by_input) == ["z"]
    assert not any(one.original.plausible for one in plan.by_input["z"])


def test_made_up_inputs_are_no_news_of_what_the_base_version_ignored() -> None:
    unused = "x = Placeholder\nz = Placeholder\ny = Neg x"
    declared = Settings(ignores=(Declared(name="z", reason="for logging"),))

    for (plan,) in (_made_up_plan(before=unused), _made_up_plan(settings=declared)):
        assert list(plan.by_input) == ["x"]
