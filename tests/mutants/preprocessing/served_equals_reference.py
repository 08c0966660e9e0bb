"""Flags of production's server that change what a model answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.scenes import BASE_PATH, NAME, Scene, advisory, column
from tests.support.tinymodels import (
    Graph,
    Signature,
    Tensor,
    tensor_proto,
    write_saved_model,
    write_warmup,
)

# isort: split
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

_BATCHING = "deploy/batching.txt"
_SESSION = "deploy/session.txt"
_PADDED = "max_batch_size { value: 8 } allowed_batch_sizes: 8"
_SPLIT = """
max_batch_size { value: 8 }
enable_large_batch_splitting { value: true }
max_execution_batch_size { value: 2 }
"""
_BATCHED = ("--enable_batching=true", f"--batching_parameters_file={_BATCHING}")
_HALF = "graph_options { rewrite_options { auto_mixed_precision_cpu: ON } }"
_UNITS = 32


def _production(scene: Scene, *flags: str, **model: object) -> None:
    """Production runs version 1 with these flags, and the change begins."""
    described = {"name": NAME, "path": BASE_PATH, **model}
    scene.configure(serving={"flags": list(flags)}, models=[described])
    scene.released("1")


def _padded(scene: Scene) -> None:
    scene.write(_BATCHING, _PADDED)
    _production(scene, *_BATCHED)


def _write(scene: Scene, layer: Callable[[Graph, Tensor], Tensor], *, version: str = "2") -> None:
    """Writes a version: `y = layer(x)`."""
    graph = Graph()
    x = graph.placeholder("x")
    signature = Signature(inputs={"x": x}, outputs={"y": layer(graph, x)})
    write_saved_model(scene.version(version), graph, [signature])


def _over_the_batch(graph: Graph, op: str, given: Tensor) -> Tensor:
    """The sum or the mean of all rows."""
    axis = graph.const("axis", 0, "int32")
    return graph.op(
        op, "whole", [given, axis], dtype="float32", shape=(1,), T="float32", Tidx="int32"
    )


def _share(graph: Graph, given: Tensor) -> Tensor:
    return column(graph, "RealDiv", "share", given, _over_the_batch(graph, "Sum", given))


def _centred(graph: Graph, given: Tensor) -> Tensor:
    return column(graph, "Sub", "centred", given, _over_the_batch(graph, "Mean", given))


def _softmax_across_the_batch(graph: Graph, given: Tensor) -> Tensor:
    turn = graph.const("turn", [1, 0], "int32")

    def turned(tensor: Tensor, name: str) -> Tensor:
        inputs = [tensor, turn]
        return graph.op("Transpose", name, inputs, dtype="float32", T="float32", Tperm="int32")

    row = column(graph, "Softmax", "softmax", turned(given, "as_row"))
    return turned(row, "as_column")


def _row_wise(graph: Graph, given: Tensor) -> Tensor:
    return column(graph, "Tanh", "y", given)


def _warm_up(scene: Scene, rows: list[list[float]]) -> None:
    """Records a request of several rows for version 2."""
    log = PredictionLog()
    log.predict_log.request.model_spec.name = NAME
    log.predict_log.request.inputs["x"].CopyFrom(tensor_proto(rows, "float32"))
    write_warmup(scene.version("2"), [log.SerializeToString()])


def mutant_n04_softmax_across_a_padded_batch(scene: Scene) -> str:
    _padded(scene)
    _write(scene, _softmax_across_the_batch)
    return f"--batching_parameters_file={_BATCHING}"


def mutant_n04_share_of_a_padded_batch(scene: Scene) -> str:
    _padded(scene)
    _write(scene, _share)
    return "'y' is 0.125 against 1"


@advisory
def mutant_n04_base_version_does_so_too(scene: Scene) -> str:
    scene.write(_BATCHING, _PADDED)
    scene.configure(serving={"flags": list(_BATCHED)})
    _write(scene, _softmax_across_the_batch, version="1")
    scene.branch_off()
    _write(scene, _share)
    return "The base version does so too."


def mutant_n04_parameters_beside_the_model(scene: Scene) -> str:
    _production(scene, "--enable_batching", "--enable_per_model_batching_parameters")
    _write(scene, _share)
    scene.write(f"{BASE_PATH}/2/batching_params.pbtxt", _PADDED)
    return "--enable_per_model_batching_parameters"


def mutant_n04_request_split_into_batches(scene: Scene) -> str:
    scene.write(_BATCHING, _SPLIT)
    _production(scene, *_BATCHED)
    _write(scene, _centred)
    _warm_up(scene, [[1.0], [2.0], [4.0], [8.0]])
    return "warm-up record 1"


def twin_n04_row_by_row_in_a_padded_batch(scene: Scene) -> None:
    _padded(scene)
    _write(scene, _row_wise)


def twin_n04_batch_that_is_not_padded(scene: Scene) -> None:
    _production(scene, "--enable_batching=true")
    _write(scene, _share)


def twin_n04_request_that_fits_a_batch(scene: Scene) -> None:
    scene.write(_BATCHING, _SPLIT)
    _production(scene, *_BATCHED)
    _write(scene, _centred)
    _warm_up(scene, [[1.0], [2.0]])


def _deep(scene: Scene, session: str) -> None:
    """Three layers, asked with recorded examples by a server with this session configuration."""
    numbers = np.random.default_rng(7)
    scene.write(_SESSION, session)
    rows = [{"inputs": {"x": row}} for row in numbers.normal(size=(4, _UNITS)).tolist()]
    scene.write("data/examples.jsonl", "".join(f"{row}\n".replace("'", '"') for row in rows))
    flag = f"--tensorflow_session_config_file={_SESSION}"
    _production(scene, flag, examples="data/examples.jsonl")
    graph = Graph()
    x = graph.placeholder("x", shape=(None, _UNITS))
    y = x
    for layer in range(3):
        weights = graph.const(f"weights{layer}", numbers.normal(size=(_UNITS, _UNITS)) / 6)
        y = graph.op("MatMul", f"product{layer}", [y, weights], dtype="float32", T="float32")
        y = graph.op(
            "Relu", f"layer{layer}", [y], dtype="float32", shape=(None, _UNITS), T="float32"
        )
    write_saved_model(scene.version("2"), graph, [Signature(inputs={"x": x}, outputs={"y": y})])


def mutant_f02_half_precision(scene: Scene) -> str:
    if "avx512" not in Path("/proc/cpuinfo").read_text("ascii", "replace"):
        pytest.skip("oneDNN computes in half precision on processors with AVX-512 alone")
    _deep(scene, _HALF)
    return f"--tensorflow_session_config_file={_SESSION}"


def twin_f02_one_thread_and_no_fused_operations(scene: Scene) -> None:
    _deep(
        scene,
        "intra_op_parallelism_threads: 1 graph_options { rewrite_options { remapping: OFF } }",
    )
