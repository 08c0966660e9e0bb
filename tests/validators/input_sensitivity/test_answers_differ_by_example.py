from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from servegate.checks import Outcome
from servegate.facts.examples import Fitted, FittedExamples
from servegate.facts.probes import Provenance
from servegate.findings import Severity
from servegate.providers import NotApplicable
from servegate.tfserving.versions import Version
from tests.support.evidence import candidate, example, finding, findings, replies, reply
from validators.input_sensitivity.answers_differ_by_example import answers_differ_by_example


def _check(
    recorded: Sequence[str | None], answered: Sequence[str], *, version: int = 1, name: str = "y"
) -> Outcome:
    said = [
        reply(f"example {number}", 1.0, word, provenance=Provenance.EXAMPLE)
        for number, word in enumerate(answered)
    ]
    fitted = tuple(
        Fitted(
            example=example(
                number + 1,
                outputs=None if word is None else {name: np.array(word)},
                for_version=Version(version),
            ),
            signature="serving_default",
            probe=said[number].probe,
        )
        for number, word in enumerate(recorded)
    )
    tensors = FittedExamples(source="the recorded inputs", location=None, fitted=fitted)
    return answers_differ_by_example(candidate(2), tensors, replies(*said))


_MIXED = ["cat", "dog", "cow"] * 4


def test_told_apart() -> None:
    assert not findings(_check(_MIXED, ["dog", "cow", "cow"] * 4))


def test_one_class_for_all() -> None:
    found = finding(_check(_MIXED, ["dog"] * 12))
    assert found.severity is None
    assert "favours class dog of 'y' for all 12 examples" in found.message
    assert "cat 4 times" in found.message


def test_few_examples_of_another_version_inform() -> None:
    assert finding(_check(["cat", "dog"], ["dog", "dog"])).severity is Severity.ADVISORY


def test_two_examples_of_its_own_are_enough() -> None:
    assert finding(_check(["cat", "dog"], ["dog", "dog"], version=2)).severity is None


def test_an_output_without_a_name() -> None:
    assert findings(_check(_MIXED, ["dog"] * 12, name=""))


@pytest.mark.parametrize("recorded", [["cat"] * 4, [None] * 4])
def test_one_recorded_class_says_nothing(recorded: Sequence[str | None]) -> None:
    with pytest.raises(NotApplicable):
        list(_check(recorded, ["dog"] * 4))


def test_a_regression_is_asked_for_nothing() -> None:
    with pytest.raises(NotApplicable) as absent:
        list(_check([None], ["dog"]))
    assert not absent.value.enable
