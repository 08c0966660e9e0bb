"""The values of constants, as far as they are strings."""

from __future__ import annotations

import math

from servegate.graph.body import Node

_MOST = 1_000_000  # a message may say "a thousand million times the same" in twenty bytes


def strings_of(node: Node) -> tuple[bytes, ...] | None:
    """The values of a constant of strings in order, None for any other node.

    As in TensorFlow, the last value that is given stands for all that are left out.
    """
    if node.op != "Const" or node.proto is None or "value" not in node.proto.attr:
        return None
    tensor = node.proto.attr["value"].tensor
    values = tuple(tensor.string_val)
    left_out = math.prod(dim.size for dim in tensor.tensor_shape.dim) - len(values)
    return values + left_out * values[-1:] if 0 < left_out < _MOST else values
