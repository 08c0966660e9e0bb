"""One request before and after another, where requests leave a trace."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from servegate.evidence.orders import orders
from servegate.facts.serving import Array, Tensors
from servegate.providers import NotApplicable
from tests.support.answering import FakeServer, interview_with
from tests.support.evidence import replies, reply
from tests.support.graph_text import reading_of

_COUNTING = """
    x = Placeholder
    seen = VarHandleOp
    one = Const
    more = AssignAddVariableOp seen one
    read = ReadVariableOp seen ^more
    y = AddV2 x read
    """
_STATELESS = """
    x = Placeholder
    y = Neg x
    """
_ANSWERED = replies(reply("a", 1.0, 1.0), reply("b", 2.0, 2.0), reply("c", 3.0, 3.0))


def _same(inputs: Tensors) -> Mapping[str, Array]:
    return {"y": np.asarray(inputs["x"])}


def test_the_other_comes_between() -> None:
    server = FakeServer(_same)
    (found,) = orders(_ANSWERED, interview_with(server), reading_of(_COUNTING))
    assert [one.inputs["x"].item() for one in server.asked] == [1, 1, 2, 1, 1]
    assert [one.probe.label for one in (*found.after_itself, *found.after_other)] == ["a"] * 3


def test_nothing_is_asked_where_the_graph_is_proof() -> None:
    server = FakeServer(_same)
    with pytest.raises(NotApplicable, match="leaves a trace"):
        orders(_ANSWERED, interview_with(server), reading_of(_STATELESS))
    assert not server.asked


def test_one_input_has_no_order() -> None:
    one = replies(reply("a", 1.0, 1.0))
    assert orders(one, interview_with(FakeServer(_same)), reading_of(_COUNTING)) == ()
