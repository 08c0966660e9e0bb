"""Examples of which one value is another example's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from servegate.deadline import Deadline
from servegate.evidence.probes import ProbePlan
from servegate.evidence.trials import trials
from servegate.facts.expectations import Direction, Element, Expectation
from servegate.facts.probes import Probe, Provenance
from servegate.facts.serving import Array, Tensors
from servegate.facts.settings import Settings
from servegate.facts.trials import Trials
from servegate.providers import NotApplicable
from servegate.savedmodel.reader import read
from tests.support.answering import FakeServer, interview_with
from tests.support.evidence import change, example, later
from tests.support.tinymodels import write_model


def _double(inputs: Tensors) -> Mapping[str, Array]:
    return {"y": np.asarray(inputs["x"], np.float32) * 2}


def _probe(number: int, *row: float) -> Probe:
    return Probe(
        label=f"example {number}",
        signature="serving_default",
        inputs={"x": np.array([row], np.float32), "z": np.array([[7.0]], np.float32)},
        provenance=Provenance.EXAMPLE,
    )


def _tried(
    tmp_path: Path,
    *expectations: Expectation,
    probes: tuple[Probe, ...] = (),
    raws: tuple[object, ...] = (),
) -> tuple[Trials, ...]:
    model = read(write_model(tmp_path / "1"))
    return trials(
        settings=Settings(expectations=expectations),
        probes=ProbePlan(plausible={"serving_default": probes}, made_up={}),
        examples=later(tuple(example(at, raw=raw, has_raw=True) for at, raw in enumerate(raws, 1))),
        saved_model=model,
        change=change(root=tmp_path),
        interview=interview_with(FakeServer(_double)),
        workspace=tmp_path,
        deadline=Deadline.after(60),
    )


def _of(name: str, *index: int, field: str = "") -> Expectation:
    return Expectation(
        output=Element(name="y"),
        direction=Direction.INCREASING,
        input=None if field else Element(name=name, index=index),
        field=field,
    )


def test_nothing_is_expected(tmp_path: Path) -> None:
    with pytest.raises(NotApplicable):
        _tried(tmp_path)


def test_an_input_gets_the_next_other_value(tmp_path: Path) -> None:
    probes = (_probe(1, 1.0), _probe(2, 1.0), _probe(3, 3.0))
    (found,) = _tried(tmp_path, _of("x"), probes=probes)
    assert [(one.was, one.became, one.rises) for one in found.tried] == [
        ("[[1.0]]", "[[3.0]]", True),
        ("[[1.0]]", "[[3.0]]", True),
        ("[[3.0]]", "[[1.0]]", False),
    ]
    assert found.tried[0].after.probe.label == "example 1 with 'x' of example 3"


def test_one_element_changes_and_the_others_stay(tmp_path: Path) -> None:
    probes = (_probe(1, 1.0, 5.0), _probe(2, 2.0, 6.0))
    (found,) = _tried(tmp_path, _of("x", 1), probes=probes)
    assert [one.after.probe.inputs["x"].tolist() for one in found.tried] == [
        [[1.0, 6.0]],
        [[2.0, 5.0]],
    ]
    assert probes[0].inputs["x"].tolist() == [[1.0, 5.0]]


@pytest.mark.parametrize(
    "expectation", [_of("z"), _of("nothing"), _of("x", 4), _of("x", 0, 0), _of("", field="a.b")]
)
def test_there_is_nothing_to_exchange(tmp_path: Path, expectation: Expectation) -> None:
    probes = (_probe(1, 1.0), _probe(2, 2.0))
    (found,) = _tried(tmp_path, expectation, probes=probes, raws=({"a": 1}, {"c": 2}))
    assert not found.tried
    assert "differ in it" in found.missing


def test_a_field_of_the_raw_example(tmp_path: Path) -> None:
    raws = ({"x": [1.0]}, {"x": [2.0]})
    (found,) = _tried(tmp_path, _of("", field="x"), raws=raws)
    given = [
        (one.before.probe.inputs["x"].item(), one.after.probe.inputs["x"].item())
        for one in found.tried
    ]
    assert given == [(1.0, 2.0), (2.0, 1.0)]
    assert raws == ({"x": [1.0]}, {"x": [2.0]})
