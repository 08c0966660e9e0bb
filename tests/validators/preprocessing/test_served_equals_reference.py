from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike

from servegate.checks import Outcome
from servegate.facts.probes import Provenance
from servegate.facts.reading import GraphReading
from servegate.facts.reference import Confrontation, Reference
from servegate.facts.settings import Settings, Tolerance
from servegate.findings import Location, Severity
from servegate.graph.dependence import ModelGraph
from servegate.providers import NotApplicable
from tests.support.evidence import (
    FIRST_VERSION,
    candidate,
    change,
    finding,
    findings,
    later,
    remarks,
)
from tests.support.graph_text import meta_graph, signature
from tests.support.reference import probe
from validators.preprocessing.served_equals_reference import served_equals_reference

_Told = ArrayLike | Mapping[str, ArrayLike]
_ROOT = Path("/repository")


def _outputs(told: _Told) -> dict[str, np.ndarray]:
    named = told if isinstance(told, Mapping) else {"y": told}
    arrays = {name: np.array([value]) for name, value in named.items()}
    return {
        name: array.astype(np.float32) if array.dtype.kind == "f" else array
        for name, array in arrays.items()
    }


def _one(
    served: _Told,
    direct: _Told,
    label: str = "example 1",
    *,
    again: _Told | None = None,
    direct_again: _Told | None = None,
    provenance: Provenance = Provenance.EXAMPLE,
) -> Confrontation:
    """One probe; `again` are second answers, which are like the first unless they are given."""
    return Confrontation(
        probe=probe(label, 1.0, provenance=provenance),
        served=(_outputs(served), _outputs(served if again is None else again)),
        direct=(_outputs(direct), _outputs(direct if direct_again is None else direct_again)),
    )


def _check(
    *found: Confrontation,
    flags: tuple[str, ...] = (),
    tolerance: Tolerance | None = None,
    reading: GraphReading | None = None,
    baseline: Sequence[Confrontation] | None = None,
) -> Outcome:
    return served_equals_reference(
        candidate(),
        change(root=_ROOT),
        Reference(confrontations=found),
        reading or GraphReading(dependences=()),
        Settings(flags=flags, tolerance=tolerance),
        later(FIRST_VERSION if baseline is None else Reference(confrontations=tuple(baseline))),
    )


def test_names_signature_output_probe_and_both_values() -> None:
    found = finding(_check(_one(1.0, 1.0), _one(0.25, 0.75, "example 2")))

    assert "Signature 'serving_default' of version 2" in found.message
    assert "'y' is 0.25 against 0.75 at [0] (1 of 1 differ) for example 2" in found.message
    assert "1 of 2 requests" in found.message
    assert found.expected.endswith("to example 2 when it is run directly: 0.75")
    assert found.observed == "the server's answer: 0.25"
    assert found.severity is None
    assert found.location == Location(file="models/prices/2")
    assert "TensorFlow" in found.remedy
    assert found.evidence["probes"] == {"y": ["example 2"]}


def test_flags_are_named_as_they_are_written() -> None:
    flags = ("--enable_batching", f"--batching_parameters_file={_ROOT}/deploy/batching.txt")
    found = finding(_check(_one(0.25, 0.75), flags=flags))

    assert "--enable_batching, --batching_parameters_file=deploy/batching.txt" in found.message
    assert "allowed_batch_sizes" in found.remedy
    assert found.location == Location(file="servegate.yml")


def test_other_flags_have_another_remedy() -> None:
    found = finding(_check(_one(0.25, 0.75), flags=("--mixed_precision=bfloat16",)))

    assert "--mixed_precision=bfloat16" in found.message
    assert found.remedy.startswith("Start production without these flags")


def test_batch_effects_are_no_difference() -> None:
    assert remarks(_check(_one(0.5 + 1.8e-7, 0.5), _one(float("nan"), float("nan"), "nan"))) == [
        "2 answers compared with the SavedModel run directly."
    ]


def test_a_tolerance_that_is_set_decides() -> None:
    wide, narrow = (Tolerance(relative=one, absolute=0.0) for one in (0.1, 1e-9))

    assert not findings(_check(_one(1.05, 1.0), tolerance=wide))
    assert findings(_check(_one(1.0 + 2e-7, 1.0), tolerance=narrow))


@pytest.mark.parametrize(
    ("served", "severity"), [(0.51, Severity.ADVISORY), (0.75, None), (float("nan"), None)]
)
def test_a_made_up_input_fails_only_beyond_rounding(
    served: float, severity: Severity | None
) -> None:
    found = finding(_check(_one(served, 0.5, provenance=Provenance.SYNTHESISED)))

    assert found.severity is severity


def test_what_changes_from_run_to_run_is_not_compared() -> None:
    varying = {"y": 0.9, "steady": 0.5}
    said = remarks(
        _check(
            _one(varying, {**varying, "y": 0.1}, direct_again={**varying, "y": 0.3}),
            _one(varying, {**varying, "y": 0.1}, "example 2"),
        )
    )

    assert "'y' may rightly differ" in said[0]
    assert said[-1].startswith("2 answers compared")


def test_a_server_that_contradicts_itself_is_not_accused() -> None:
    with pytest.raises(NotApplicable, match="may rightly differ from run to run"):
        list(_check(_one(0.9, 0.1, again=0.5)))


def test_what_requests_write_is_not_compared() -> None:
    message = meta_graph(
        """
        x = Placeholder
        count = VarHandleOp {shared_name=seen}
        add = AssignAddVariableOp count x
        y = ReadVariableOp count ^add
        """,
        outputs="y",
    )
    found = signature(message)
    dependence = ModelGraph(message).dependence(found)
    reading = GraphReading(dependences=((found, dependence),))

    with pytest.raises(NotApplicable, match="may rightly differ from run to run"):
        list(_check(_one(7.0, 1.0), reading=reading))


def test_a_tie_of_classes_is_no_difference_where_the_scores_agree() -> None:
    tie = _one({"class": 1, "score": [0.5, 0.5]}, {"class": 0, "score": [0.5, 0.5]})
    other = _one({"class": 1, "score": [0.1, 0.9]}, {"class": 0, "score": [0.9, 0.1]})

    assert not findings(_check(tie))
    assert finding(_check(other)).evidence["probes"] == {
        "class": ["example 1"],
        "score": ["example 1"],
    }


def test_a_lone_class_may_be_a_tie_once() -> None:
    once = _one("dear", "cheap")
    twice = _one("dear", "cheap", "example 2")

    assert finding(_check(once, _one("cheap", "cheap", "same"))).severity is Severity.ADVISORY
    assert finding(_check(once, twice)).severity is None


def test_another_shape_is_a_difference() -> None:
    assert "shape [1, 2] against [1, 1]" in finding(_check(_one([0.5, 0.5], [0.5]))).message


def test_what_the_base_version_shows_too_is_inherited() -> None:
    apart = _one({"y": 0.9, "z": 0.5}, {"y": 0.1, "z": 0.5})
    before = finding(_check(apart, baseline=[_one({"y": 0.8}, {"y": 0.2})]))
    other = finding(_check(apart, baseline=[_one({"z": 0.8}, {"z": 0.2})]))
    random = finding(_check(apart, baseline=[_one(0.8, 0.2, again=0.3)]))

    assert before.severity is Severity.ADVISORY
    assert before.message.endswith("The base version does so too.")
    assert other.severity is None
    assert random.severity is None


def test_one_side_that_refuses_is_no_fault() -> None:
    refused = Confrontation(
        probe=probe("example 2", 2.0), served=(_outputs(1.0),), refusal="INTERNAL: no kernel"
    )

    assert (
        "cannot be run directly: INTERNAL: no kernel" in remarks(_check(_one(1.0, 1.0), refused))[0]
    )
    with pytest.raises(NotApplicable, match="No request could be run directly: INTERNAL"):
        list(_check(refused))


def test_hostile_names_and_text_are_written_out() -> None:
    name = "y\n" + "x" * 10_000
    found = finding(
        _check(
            _one({name: b"\xff" * 10_000}, {name: b"\x00"}), _one({name: b"a"}, {name: b"b"}, "2")
        )
    )

    assert repr(name) in found.message
