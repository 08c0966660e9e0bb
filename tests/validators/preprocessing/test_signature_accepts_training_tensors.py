from __future__ import annotations

from dataclasses import replace

from servegate.facts.examples import Fitted, FittedExamples
from servegate.facts.probes import Provenance, Reply
from servegate.findings import Location
from tests.support.evidence import candidate, example, finding, findings, remarks, replies, reply
from validators.preprocessing.signature_accepts_training_tensors import (
    signature_accepts_training_tensors,
)


def _answered(number: int, refusal: str = "") -> Reply:
    answer = None if refusal else 1.0
    return reply(f"example {number}", answer=answer, refusal=refusal, provenance=Provenance.EXAMPLE)


def _fitted(number: int, said: Reply | None, *problems: str) -> Fitted:
    return Fitted(
        example=example(number),
        signature="serving_default",
        probe=said.probe if said else None,
        problems=problems,
    )


def _examples(*fitted: Fitted, location: Location | None = None) -> FittedExamples:
    return FittedExamples(source="the recorded inputs", location=location, fitted=fitted)


def test_name_or_dtype_that_cannot_be_sent() -> None:
    given = _examples(_fitted(1, _answered(1)), _fitted(2, None, "the signature takes x"))
    found = finding(signature_accepts_training_tensors(candidate(), given, replies(_answered(1))))

    assert "of 1 of 2 examples. Example 2: the signature takes x" in found.message
    assert found.location == Location(file="data/examples.jsonl", line=2)
    assert found.evidence == {"examples": [2]}
    assert found.severity is None


def test_shape_is_decided_by_the_server() -> None:
    given = _examples(_fitted(1, _answered(1), "'x' has shape [?, 3] in the signature"))

    assert not findings(
        signature_accepts_training_tensors(candidate(), given, replies(_answered(1)))
    )
    refused = replies(_answered(1, "INVALID_ARGUMENT: Matrix size-incompatible"))
    found = finding(signature_accepts_training_tensors(candidate(), given, refused))
    assert "[?, 3]" in found.message
    assert "Matrix size-incompatible" in found.message


def test_callable_is_named_with_its_line() -> None:
    where = Location(file="training/features.py", line=4)
    given = replace(_examples(_fitted(1, None, "no"), location=where))

    assert (
        finding(signature_accepts_training_tensors(candidate(), given, replies())).location == where
    )


def test_example_that_was_not_asked_accuses_nobody() -> None:
    given = _examples(_fitted(1, _answered(1)))

    assert remarks(signature_accepts_training_tensors(candidate(), given, replies())) == [
        "1 example accepted."
    ]


def test_made_up_input_of_the_same_label_is_no_witness() -> None:
    given = _examples(_fitted(1, _answered(1)))
    made_up = replies(reply("example 1", refusal="INVALID_ARGUMENT: no"))

    assert not findings(signature_accepts_training_tensors(candidate(), given, made_up))
