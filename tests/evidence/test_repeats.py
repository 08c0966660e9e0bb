"""The same requests, twice, and few of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pytest

from servegate.evidence.repeats import baseline_repeats, repeats
from servegate.facts.probes import Repeat, Replies, Reply
from servegate.facts.serving import Array, RequestRefused, ServerFailed, Tensors
from servegate.providers import NotApplicable
from tests.support.answering import FakeServer, interview_with
from tests.support.evidence import replies, reply


def _asked(server: FakeServer, said: Replies) -> tuple[Repeat, ...]:
    return repeats(said, interview_with(server, version=2))


def _double(inputs: Tensors) -> Mapping[str, Array]:
    return {"y": np.asarray(inputs["x"], np.float32) * 2}


def _answered(count: int) -> list[Reply]:
    return [reply(f"probe {number}", number, 2.0 * number) for number in range(count)]


def test_a_few_probes_are_asked_in_the_same_requests_twice() -> None:
    server = FakeServer(_double)
    found = _asked(server, replies(*_answered(16)))

    first, second = server.asked
    assert first.inputs["x"].tolist() == second.inputs["x"].tolist() == [[0], [1], [2], [3]]
    assert first.version == second.version == 2
    assert [one.first.probe.label for one in found] == [f"probe {number}" for number in range(4)]
    assert all(one.first.probe is one.second.probe for one in found)
    assert [one.second.outputs for one in found] == [
        {"y": np.array([[2.0 * number]])} for number in range(4)
    ]


def test_both_answers_are_kept() -> None:
    ticks = itertools.count()
    server = FakeServer(lambda inputs: {"y": np.full_like(inputs["x"], next(ticks))})
    (found,) = _asked(server, replies(*_answered(1)))

    assert found.first.outputs == {"y": np.array([[0.0]])}
    assert found.second.outputs == {"y": np.array([[1.0]])}


def test_what_was_refused_is_not_asked_again() -> None:
    server = FakeServer(_double)
    refused = reply("refused", 7.0, refusal="INVALID_ARGUMENT: no")

    assert len(_asked(server, replies(refused, *_answered(1)))) == 1
    assert not _asked(server, replies(refused))
    assert all(7.0 not in one.inputs["x"] for one in server.asked)


def test_a_refusal_is_kept_beside_an_answer() -> None:
    times = itertools.count()

    def once(inputs: Tensors) -> Mapping[str, Array]:
        if next(times):
            raise RequestRefused("INTERNAL", "used up")
        return _double(inputs)

    (found,) = _asked(FakeServer(once), replies(*_answered(1)))

    assert found.first.answered
    assert found.second.refusal == "INTERNAL: used up"


def test_base_version_is_asked_twice_what_it_answered() -> None:
    server = FakeServer(_double)
    refused = reply("refused", 7.0, refusal="INVALID_ARGUMENT: no")
    found = baseline_repeats(replies(refused, *_answered(2)), interview_with(server))

    assert [one.first.probe.label for one in found] == ["probe 0", "probe 1"]
    assert len(server.asked) == 2


def test_base_version_that_dies_is_no_trouble_of_the_change() -> None:
    def dying(_inputs: Tensors) -> Mapping[str, Array]:
        raise ServerFailed("it is gone", "")

    with pytest.raises(NotApplicable, match="it is gone"):
        baseline_repeats(replies(*_answered(1)), interview_with(FakeServer(dying)))
