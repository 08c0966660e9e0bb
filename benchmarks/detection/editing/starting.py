"""Conditions that a graph makes sure of while it is loaded."""

from __future__ import annotations

from benchmarks.detection.editing.model import Model
from benchmarks.detection.editing.surgery import at_start
from servegate.savedmodel.dtypes import dtype_number
from servegate.savedmodel.protos import AttrValue

_STRINGS = AttrValue(list=AttrValue.ListValue(type=[dtype_number("string")]))  # type: ignore[list-item]


def asserted_at_start(served: Model, condition: str, said: str) -> None:
    """Has the loader fail with the text `said` unless the condition, a tensor, holds."""
    text = served.constant(said, "string")
    # Assert has an effect: TensorFlow's optimizer leaves it, and what it reads, in the graph.
    at_start(served, served.node("Assert", condition, text, T=_STRINGS))


def make_sure_at_start(served: Model, text: str) -> None:
    """Has the loader fail where a tensor of one string is empty, or cannot be had."""
    filled = served.node("NotEqual", text, served.constant("", "string"), T="string")
    asserted_at_start(served, filled, "nothing was read")
