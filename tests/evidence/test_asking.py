"""Probes travel together where the model allows it, and alone where it does not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from servegate.facts.probes import Probe, Provenance
from servegate.facts.serving import Array, RequestRefused, Tensors
from tests.support.answering import FakeServer, interview_with


def probe(number: int, array: Array) -> Probe:
    return Probe(
        label=f"probe {number}",
        signature="serving_default",
        inputs={"x": array},
        provenance=Provenance.SYNTHESISED,
    )


def rows(*values: float) -> list[Probe]:
    return [probe(i, np.full((1, 2), value, np.float32)) for i, value in enumerate(values)]


def double(inputs: Tensors) -> Mapping[str, Array]:
    return {"y": np.asarray(inputs["x"], np.float32) * 2}


def test_rows_of_one_shape_are_one_request() -> None:
    server = FakeServer(double)
    replies = list(interview_with(server).ask(rows(1, 2, 3)))
    assert len(server.asked) == 1
    assert [float((one.outputs or {})["y"][0, 0]) for one in replies] == [2, 4, 6]
    assert all((one.outputs or {})["y"].shape == (1, 2) for one in replies)


def test_replies_come_in_the_order_of_the_probes() -> None:
    mixed = [
        probe(0, np.ones((1, 2), np.float32)),
        probe(1, np.ones((1, 3), np.float32)),
        probe(2, np.ones((1, 2), np.float32)),
    ]
    server = FakeServer(double)
    replies = list(interview_with(server).ask(mixed))
    assert [one.probe.label for one in replies] == ["probe 0", "probe 1", "probe 2"]
    assert len(server.asked) == 2


def refuse_batches(inputs: Tensors) -> Mapping[str, Array]:
    if inputs["x"].shape[0] > 1:
        raise RequestRefused("INVALID_ARGUMENT", "one row, please")
    return double(inputs)


def test_a_model_with_a_fixed_batch_is_asked_row_by_row() -> None:
    server = FakeServer(refuse_batches)
    replies = list(interview_with(server).ask(rows(1, 2, 3)))
    assert len(server.asked) == 4
    assert all(one.answered for one in replies)


def constant(_inputs: Tensors) -> Mapping[str, Array]:
    return {"y": np.zeros((1, 3), np.float32)}


def test_answers_that_are_no_rows_are_asked_for_again_alone() -> None:
    replies = list(interview_with(FakeServer(constant)).ask(rows(1, 2)))
    assert [(one.outputs or {})["y"].shape for one in replies] == [(1, 3), (1, 3)]


def refuse_twos(inputs: Tensors) -> Mapping[str, Array]:
    if (np.asarray(inputs["x"]) == 2).any():
        raise RequestRefused("INVALID_ARGUMENT", "no twos")
    return double(inputs)


def test_one_refused_row_does_not_cost_the_others() -> None:
    replies = list(interview_with(FakeServer(refuse_twos)).ask(rows(1, 2, 3)))
    assert [one.answered for one in replies] == [True, False, True]
    assert "no twos" in replies[1].refusal


def refuse(_inputs: Tensors) -> Mapping[str, Array]:
    raise RequestRefused("FAILED_PRECONDITION", "no weights")


def test_a_model_that_refuses_everything_is_not_asked_for_ever() -> None:
    server = FakeServer(refuse)
    replies = list(interview_with(server).ask(rows(*range(16))))
    assert len(server.asked) < 10
    assert all(one.refusal == "FAILED_PRECONDITION: no weights" for one in replies)
