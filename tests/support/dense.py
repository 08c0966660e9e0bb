"""Models of one layer, whose weights are in variables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from tests.support.checkpoints import variables, write_trained_model
from tests.support.tinymodels import Graph, Signature

KERNEL = ((0.5, -1.0), (1.5, 0.25), (-0.75, 2.0))


def write_layer(
    directory: Path,
    *,
    kernel: ArrayLike = KERNEL,
    bias: ArrayLike = (0.0, 0.0),
    statistics: Mapping[str, ArrayLike] | None = None,
) -> Path:
    """Writes `y = x @ kernel + bias + statistics` for `x` of three numbers a row.

    `statistics` are further variables of two numbers each, by their names.
    """
    graph = Graph()
    given = graph.placeholder("given", shape=(None, 3))
    weights = {
        "kernel": np.asarray(kernel, np.float32),
        "bias": np.asarray(bias, np.float32),
        **{name: np.asarray(value, np.float32) for name, value in (statistics or {}).items()},
    }
    held = dict(zip(weights, variables(graph, weights), strict=True))
    answer = graph.op(
        "MatMul",
        "product",
        [given, held.pop("kernel")],
        dtype="float32",
        shape=(None, 2),
        T="float32",
    )
    for name, value in held.items():
        answer = graph.add(answer, value, name=f"with_{name.replace('/', '_')}")
    signature = Signature(inputs={"x": given}, outputs={"y": answer})
    return write_trained_model(directory, graph, [signature], weights)
