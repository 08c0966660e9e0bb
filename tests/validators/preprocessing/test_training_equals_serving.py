from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike

from servegate.checks import Outcome
from servegate.facts.examples import CallableError, Example, Prepared
from servegate.facts.serving import Tensors
from servegate.facts.settings import Settings, Tolerance
from servegate.findings import Location
from servegate.providers import Broken, NotApplicable
from servegate.savedmodel.reader import SavedModel, read
from tests.support.evidence import examples, finding, findings, remarks
from tests.support.tinymodels import write_model
from validators.preprocessing.training_equals_serving import training_equals_serving

_CLIENT = Location(file="client/request.py", line=3)
_TRAINING = Location(file="training/features.py", line=1)
_RAW = examples(["first", "second", "third"])


@pytest.fixture
def model(tmp_path: Path) -> SavedModel:
    """A model with one float32 input, `x`."""
    return read(write_model(tmp_path / "1"))


def _prepared(name: str, location: Location, made: dict[int, Tensors | CallableError]) -> Prepared:
    return Prepared(name=name, location=location, tensors=made)


def _training(*rows: ArrayLike | CallableError, name: str = "x") -> Prepared:
    return _prepared("training.features:encode", _TRAINING, _by_number(rows, name))


def _serving(*rows: ArrayLike | CallableError, name: str = "x") -> Prepared:
    return _prepared("client.request:build", _CLIENT, _by_number(rows, name))


def _by_number(
    rows: tuple[ArrayLike | CallableError, ...], name: str
) -> dict[int, Tensors | CallableError]:
    return {
        number: row if isinstance(row, CallableError) else {name: np.asarray(row)}
        for number, row in enumerate(rows, 1)
    }


def _check(
    model: SavedModel,
    training: Prepared,
    serving: Prepared,
    *,
    settings: Settings | None = None,
    raw: tuple[Example, ...] = _RAW,
) -> Outcome:
    return training_equals_serving(training, serving, raw, model, settings or Settings())


def test_shows_first_difference_and_where_the_client_is(model: SavedModel) -> None:
    found = finding(_check(model, _training([1.0], [2.0]), _serving([1.0], [2.5])))

    assert "on 1 of 2 examples. Example 2: 'x'[0] is 2.5, training makes 2" in found.message
    assert found.location == _CLIENT
    assert "training.features:encode: x = float" in found.expected
    assert "Example 2 is 'second'" in found.remedy
    assert found.evidence["examples"] == [2]
    assert found.severity is None


def test_dtypes_that_a_client_may_choose(model: SavedModel) -> None:
    training = _training(np.array([3.0], np.float64))

    assert remarks(_check(model, training, _serving(np.array([3], np.int32)))) == [
        "1 example: every tensor is equal."
    ]


def test_batch_axis_that_only_one_adds(model: SavedModel) -> None:
    assert not findings(_check(model, _training([1.0, 2.0]), _serving([[1.0, 2.0]])))
    assert not findings(_check(model, _training([[1.0, 2.0]]), _serving([1.0, 2.0])))


def test_shapes_that_differ(model: SavedModel) -> None:
    found = finding(_check(model, _training([1.0, 2.0]), _serving([1.0, 2.0, 0.0])))

    assert "'x' has shape [3], training makes [2]" in found.message


def test_text_where_numbers_belong(model: SavedModel) -> None:
    found = finding(_check(model, _training([1.0]), _serving(np.array([b"one"], object))))

    assert "strings is given" in found.message


def test_tolerance_of_the_configuration(model: SavedModel) -> None:
    training, serving = _training([100.0]), _serving([100.5])
    wide = Settings(tolerance=Tolerance(relative=0.01, absolute=0.0))

    assert findings(_check(model, training, serving))
    assert not findings(_check(model, training, serving, settings=wide))


def test_unnamed_array_is_for_the_only_input(model: SavedModel) -> None:
    assert not findings(_check(model, _training([1.0]), _serving([1.0], name="")))


def test_names_that_the_client_does_not_send(model: SavedModel) -> None:
    found = finding(_check(model, _training([1.0]), _serving([1.0], name="y")))

    assert "the client does not send x" in found.message


def test_more_than_training_makes_may_be_sent(model: SavedModel) -> None:
    both = {1: {"x": np.array([1.0]), "request_id": np.array([7])}}

    assert not findings(_check(model, _training([1.0]), _prepared("c:b", _CLIENT, dict(both))))


def test_client_that_fails_is_shown_with_its_traceback(model: SavedModel) -> None:
    error = CallableError(text="ValueError: no number")
    found = finding(_check(model, _training([1.0]), _serving(error)))

    assert "the client fails" in found.message
    assert "ValueError: no number" in found.observed


def test_what_training_refuses_itself_is_left_out(model: SavedModel) -> None:
    training = _training(CallableError(text="KeyError"), [2.0])

    assert remarks(_check(model, training, _serving([9.0], [2.0]))) == [
        "1 example: every tensor is equal."
    ]


def test_training_that_refuses_everything_is_no_verdict(model: SavedModel) -> None:
    with pytest.raises(Broken, match="KeyError: 'text'"):
        list(_check(model, _training(CallableError(text="KeyError: 'text'")), _serving([1.0])))


def test_graph_that_preprocesses_itself(model: SavedModel) -> None:
    with pytest.raises(NotApplicable) as absent:
        list(_check(model, _training([1, 2], name="tokens"), _serving([1.0])))
    assert "outputs" in absent.value.enable


def test_raw_example_is_cut_to_a_readable_length(model: SavedModel) -> None:
    found = finding(
        _check(model, _training([1.0]), _serving([2.0]), raw=examples(["\n::error::" * 2000]))
    )

    assert len(found.remedy) < 400
    assert "\n" not in found.remedy
