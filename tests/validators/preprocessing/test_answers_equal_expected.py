from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike

from servegate.checks import Outcome
from servegate.facts.examples import Fitted, FittedExamples
from servegate.facts.probes import Provenance, Reply
from servegate.facts.settings import Settings, Tolerance
from servegate.findings import Location
from servegate.providers import NotApplicable
from servegate.tfserving.versions import Version
from tests.support.evidence import candidate, example, finding, findings, remarks, replies, reply
from validators.preprocessing.answers_equal_expected import answers_equal_expected


def _answered(number: int, answer: ArrayLike | dict[str, ArrayLike]) -> Reply:
    return reply(f"example {number}", answer=answer, provenance=Provenance.EXAMPLE)


def _recorded(number: int, outputs: dict[str, ArrayLike], version: int | None = 2) -> Fitted:
    recorded = example(
        number,
        outputs={name: np.asarray(value) for name, value in outputs.items()},
        for_version=None if version is None else Version(version),
    )
    return Fitted(example=recorded, signature="serving_default", probe=_answered(number, 0.0).probe)


def _check(fitted: list[Fitted], *said: Reply, settings: Settings | None = None) -> Outcome:
    given = FittedExamples(source="the recorded inputs", location=None, fitted=tuple(fitted))
    return answers_equal_expected(candidate(), given, replies(*said), settings or Settings())


def test_names_the_line_of_the_first_recording_that_differs() -> None:
    recorded = [_recorded(1, {"y": 0.25}), _recorded(2, {"y": 0.5})]
    found = finding(_check(recorded, _answered(1, 0.25), _answered(2, 0.75)))

    assert "on 1 of 2 examples. Example 2: 'y': 0.75 against 0.5" in found.message
    assert found.location == Location(file="data/examples.jsonl", line=2)
    assert found.evidence == {"examples": [2]}
    assert found.severity is None


def test_float64_recording_of_a_float32_answer() -> None:
    assert remarks(_check([_recorded(1, {"y": 0.1})], _answered(1, 0.1))) == [
        "1 answer as recorded."
    ]


def test_tolerance_of_the_configuration() -> None:
    recorded, said = [_recorded(1, {"y": 0.5})], _answered(1, 0.52)
    wide = Settings(tolerance=Tolerance(relative=0.0, absolute=0.05))

    assert findings(_check(recorded, said))
    assert not findings(_check(recorded, said, settings=wide))


def test_unnamed_recording_is_for_the_only_output() -> None:
    assert not findings(_check([_recorded(1, {"": 0.5})], _answered(1, 0.5)))


def test_output_that_is_gone() -> None:
    found = finding(_check([_recorded(1, {"price": 0.5})], _answered(1, 0.5)))

    assert "no output price among y" in found.message


def test_outputs_that_were_not_recorded_are_free() -> None:
    said = _answered(1, {"y": 0.5, "spread": 9.0})

    assert not findings(_check([_recorded(1, {"y": 0.5})], said))


@pytest.mark.parametrize(("version", "told"), [(1, "for 1"), (None, "for no version")])
def test_recordings_for_other_versions_are_not_compared(version: int | None, told: str) -> None:
    with pytest.raises(NotApplicable, match=told) as absent:
        list(_check([_recorded(1, {"y": 0.5}, version)], _answered(1, 9.0)))
    assert "for_version" in absent.value.enable


def test_recordings_for_other_versions_beside_ones_for_this() -> None:
    recorded = [_recorded(1, {"y": 0.5}, 1), _recorded(2, {"y": 0.5})]

    assert not findings(_check(recorded, _answered(1, 9.0), _answered(2, 0.5)))


def test_refused_example_is_told_elsewhere() -> None:
    refused = reply("example 1", refusal="INVALID_ARGUMENT: no", provenance=Provenance.EXAMPLE)

    with pytest.raises(NotApplicable):
        list(_check([_recorded(1, {"y": 0.5})], refused))
