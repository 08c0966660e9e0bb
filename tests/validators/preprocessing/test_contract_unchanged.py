from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from servegate.checks import Outcome
from servegate.contract import Kind
from servegate.contract_texts import TEXTS
from servegate.facts.change import Baseline
from servegate.facts.examples import CallableError, Prepared
from servegate.facts.probes import Exchange, Reply
from servegate.facts.settings import Settings
from servegate.findings import Location, Severity
from servegate.providers import Absent, Broken, NotApplicable
from servegate.savedmodel.reader import SavedModel, read
from servegate.tfserving.versions import Version
from tests.support.evidence import candidate, finding, findings, later, remarks, reply
from tests.support.oddmodels import write_sum, write_two_outputs
from tests.support.tinymodels import Shape, write_model
from validators.preprocessing.contract_unchanged import contract_unchanged

NONE = NotApplicable("there are no examples")
Make = Callable[..., SavedModel]


@pytest.fixture
def linear(tmp_path: Path) -> Make:
    """A model `y = 2 x + 1` with another signature each time, in a directory of its own."""

    def make(
        name: str,
        *,
        input_name: str = "x",
        shape: Shape = (None, 1),
        signature: str = "serving_default",
        output_name: str = "y",
    ) -> SavedModel:
        return read(
            write_model(
                tmp_path / name,
                input_name=input_name,
                output_name=output_name,
                shape=shape,
                signature=signature,
            )
        )

    return make


def _prepared(name: str, *sent: dict[str, list[float]]) -> Prepared:
    return Prepared(
        name=name,
        location=None,
        tensors={
            number: {key: np.array(value) for key, value in one.items()}
            for number, one in enumerate(sent, 1)
        },
    )


def _checked(
    before: SavedModel,
    after: SavedModel,
    *,
    serving: Prepared | Absent = NONE,
    training: Prepared | Absent = NONE,
    requests: tuple[Exchange, ...] | Absent = NONE,
) -> Outcome:
    return contract_unchanged(
        candidate(2),
        Baseline(version=Version(1), directory="1", root=before.directory),
        after,
        before,
        later(serving),
        later(training),
        later(requests),
        Settings(),
    )


def _exchange(after: Reply) -> Exchange:
    return Exchange(before=reply("made up 1", answer=[1.0]), after=after)


def test_nothing_has_changed(linear: Make) -> None:
    assert remarks(_checked(linear("1"), linear("2"))) == ["Nothing has changed."]


def test_what_was_added_is_told(linear: Make, tmp_path: Path) -> None:
    after = read(write_two_outputs(tmp_path / "2"))

    assert remarks(_checked(linear("1"), after)) == ["Compatible: output 'z' new."]


def test_a_finding_says_what_clients_get_and_how_to_accept_it(linear: Make) -> None:
    found = finding(_checked(linear("1"), linear("2", output_name="price")))

    assert "'y' is now 'price'" in found.message
    assert TEXTS[Kind.OUTPUT_RENAMED].clients in found.message
    assert found.expected == "as version 1 promises: 'y'"
    assert found.severity is None
    assert found.location == Location(file="models/prices/2")
    assert (
        'accept: [{check: preprocessing/contract-unchanged, model: "prices", version: "2"'
        in found.remedy
    )


def test_a_lost_signature_is_another_check_s_to_decide(linear: Make) -> None:
    found = finding(_checked(linear("1"), linear("2", signature="scores")))

    assert "'serving_default' is now called 'scores'" in found.message
    assert "version/tags-and-signatures decides" in found.message
    assert found.severity is Severity.ADVISORY


def test_breaks_of_one_kind_are_one_finding(tmp_path: Path) -> None:
    before = read(write_sum(tmp_path / "1", {"a": 1.0, "b": 1.0, "c": 1.0}))
    found = finding(_checked(before, read(write_sum(tmp_path / "2", {"a": 1.0}))))

    assert found.evidence["names"] == ["b", "c"]
    assert "'b' (float32) is missing, 'c' (float32) is missing" in found.message


@pytest.mark.parametrize(
    ("sent", "severity", "told"),
    [
        ({"features": [1.0]}, Severity.ADVISORY, "has changed along, going by client:build"),
        ({"x": [1.0]}, None, "has not changed along, going by client:build"),
        ({"other": [1.0]}, None, ""),
    ],
)
def test_renamed_input(
    linear: Make, sent: dict[str, list[float]], severity: Severity | None, told: str
) -> None:
    found = finding(
        _checked(
            linear("1"),
            linear("2", input_name="features"),
            serving=_prepared("client:build", sent),
            training=_prepared("training:encode", {"features": [1.0]}),
        )
    )

    assert found.severity is severity
    assert told in found.message
    assert ("accept:" in found.remedy) is (severity is None)


def test_training_speaks_where_no_client_is_known(linear: Make) -> None:
    failing = Prepared(name="client:build", location=None, tensors={1: CallableError(text="no")})
    for serving in (NONE, Broken("it cannot be imported"), failing):
        found = finding(
            _checked(
                linear(f"1-{type(serving).__name__}"),
                linear(f"2-{type(serving).__name__}", input_name="features"),
                serving=serving,
                training=_prepared("the recorded inputs", {"features": [1.0]}),
            )
        )
        assert found.severity is Severity.ADVISORY
        assert "going by the recorded inputs" in found.message


@pytest.mark.parametrize(
    ("serving", "severity"),
    [
        (_prepared("client:build", {"a": [1.0], "b": [1.0]}), Severity.ADVISORY),
        (_prepared("client:build", {"a": [1.0], "b": [1.0]}, {"a": [1.0]}), None),
        (NONE, Severity.ADVISORY),
    ],
    ids=["sent", "not always sent", "unknown"],
)
def test_required_input(
    tmp_path: Path, serving: Prepared | Absent, severity: Severity | None
) -> None:
    before = read(write_sum(tmp_path / "1", {"a": 1.0}))
    after = read(write_sum(tmp_path / "2", {"a": 1.0, "b": 1.0}))
    found = finding(_checked(before, after, serving=serving))

    assert found.severity is severity
    assert "'b' (float32) must be sent" in found.message


ANSWERED = _exchange(reply("made up 1", answer=[1.0]))
REFUSED = _exchange(reply("made up 1", refusal="INVALID_ARGUMENT: Matrix size-incompatible"))


@pytest.mark.parametrize(
    ("requests", "severity", "told"),
    [
        ((REFUSED,), None, "are refused: INVALID_ARGUMENT: Matrix size-incompatible"),
        ((REFUSED, ANSWERED), Severity.ADVISORY, "still answered"),
        ((), Severity.ADVISORY, "No request could show"),
        (NONE, Severity.ADVISORY, "No request could show"),
    ],
    ids=["refused", "answered", "nothing asked", "no server"],
)
def test_requests_decide_about_the_shape_of_an_input(
    linear: Make,
    requests: tuple[Exchange, ...] | Absent,
    severity: Severity | None,
    told: str,
) -> None:
    before, after = linear("1", shape=(None, None)), linear("2", shape=(None, 3))
    said = findings(_checked(before, after, requests=requests))
    (of_input,) = (one for one in said if one.evidence["kind"] == "input of another shape")

    assert of_input.severity is severity
    assert told in of_input.message


def test_a_shape_that_the_client_sends_is_not_asked_about(linear: Make) -> None:
    said = _checked(
        linear("1", shape=(None, None)),
        linear("2", shape=(None, 3)),
        serving=_prepared("client:build", {"x": [1.0, 2.0, 3.0]}),
        requests=(REFUSED,),
    )

    assert finding(said).severity is Severity.ADVISORY


def test_refusals_of_a_new_name_say_nothing_of_a_shape(tmp_path: Path, linear: Make) -> None:
    before = linear("1", shape=(None, None))
    after = read(write_sum(tmp_path / "2", {"x": 1.0, "b": 1.0}))
    said = findings(_checked(before, after, requests=(REFUSED,)))

    assert {one.severity for one in said} == {Severity.ADVISORY}


@pytest.mark.parametrize(
    ("after", "severity", "told"),
    [
        (reply("made up 1", answer=1.0), None, "had rank 2, and have rank 1"),
        (reply("made up 1", answer=[1.0]), Severity.ADVISORY, "of the same rank"),
        (reply("made up 1", refusal="no"), Severity.ADVISORY, "No request could show"),
    ],
    ids=["another rank", "same rank", "refused"],
)
def test_answers_decide_about_the_shape_of_an_output(
    linear: Make, after: Reply, severity: Severity | None, told: str
) -> None:
    before, now = linear("1", shape=(None, 2)), linear("2", shape=(None, 3))
    said = findings(_checked(before, now, requests=(_exchange(after),)))
    (of_output,) = (one for one in said if one.evidence["kind"] == "output of another shape")

    assert of_output.severity is severity
    assert told in of_output.message


def test_names_from_a_hostile_model(linear: Make) -> None:
    name = "\x1b[31m\n::error::" + "x" * 10_000
    found = finding(_checked(linear("1", input_name=name), linear("2")))

    assert "\n" not in found.message
    assert "\x1b" not in found.message
