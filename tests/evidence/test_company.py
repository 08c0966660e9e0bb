"""Rows alone and in two batches, each at its own place."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from servegate.evidence.company import baseline_company, company
from servegate.facts.probes import Company, Reply
from servegate.facts.serving import Array, RequestRefused, Tensors
from tests.support.answering import FakeServer, interview_with
from tests.support.evidence import replies, reply


def _double(inputs: Tensors) -> Mapping[str, Array]:
    return {"y": np.asarray(inputs["x"], np.float32) * 2}


def _answered(count: int) -> list[Reply]:
    return [reply(f"probe {number}", number + 1.0, 2.0 * number) for number in range(count)]


def _asked(server: FakeServer, count: int) -> tuple[Company, ...]:
    return company(replies(*_answered(count)), interview_with(server))


def _value(answered: Reply, name: str = "y") -> float:
    assert answered.outputs is not None
    assert answered.outputs[name].shape == (1, 1)
    return float(answered.outputs[name][0, 0])


def test_every_row_is_found_again() -> None:
    server = FakeServer(_double)
    for count in (2, 3, 16):
        found = _asked(server, count)
        assert len(found) == min(count, 3)
        for number, one in enumerate(found):
            answers = (one.alone, one.together, one.elsewhere)
            assert [_value(answer) for answer in answers] == [2.0 * (number + 1)] * 3


def test_the_batches_differ_in_size_and_order() -> None:
    server = FakeServer(_double)
    _asked(server, 3)
    first, second, *alone = [one.inputs["x"].ravel().tolist() for one in server.asked]
    assert first == [1, 2, 3, 1]
    assert second == [3, 2, 1]
    assert alone == [[1], [2], [3]]


def test_lists_without_rows_are_left_out() -> None:
    def with_lists(inputs: Tensors) -> Mapping[str, Array]:
        return {**_double(inputs), "four": np.zeros(4), "three": np.zeros(3), "none": np.zeros(())}

    for one in _asked(FakeServer(with_lists), 3):
        assert set(one.together.outputs or {}) == set(one.elsewhere.outputs or {}) == {"y"}
        assert set(one.alone.outputs or {}) == {"y", "four", "three", "none"}


def test_one_row_has_no_company() -> None:
    server = FakeServer(_double)
    assert _asked(server, 1) == _asked(server, 0) == ()
    assert not server.asked


def test_who_refuses_batches_has_none_either() -> None:
    def singly(inputs: Tensors) -> Mapping[str, Array]:
        if inputs["x"].shape[0] > 1:
            raise RequestRefused("INVALID_ARGUMENT", "one row, please")
        return _double(inputs)

    assert _asked(FakeServer(singly), 3) == ()


def test_the_base_version_is_asked_the_very_same() -> None:
    candidates, bases = FakeServer(_double), FakeServer(_double)
    found = _asked(candidates, 3)
    baseline_company(found, interview_with(bases))
    given = [[one.inputs["x"].tolist() for one in server.asked] for server in (candidates, bases)]
    assert given[0] == given[1]
