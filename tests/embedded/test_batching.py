"""What batching does to answers, to requests that cannot be batched, and to the start."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.embedded import EmbeddedServer, model_config, one_model
from tests.support.oddmodels import write_batch_sensitive, write_pass_through, write_sum
from tests.support.tinymodels import Graph, Signature, tensor_proto, write_saved_model

# isort: split
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

PADDED = "max_batch_size { value: 8 } allowed_batch_sizes: [4, 8]"
SPLIT = """
max_batch_size { value: 8 }
enable_large_batch_splitting { value: true }
max_execution_batch_size { value: 2 }
"""


def write_counter(directory: Path) -> Path:
    """Writes `y = x * (1 + rows)`, where `rows` is how many the graph is given at once."""
    return write_batch_sensitive(directory, weight=1.0, step=1.0)


def write_total(directory: Path, *, keep_dims: bool) -> Path:
    """Writes the sum of all rows: a scalar, or one row for however many are asked."""
    graph = Graph()
    x = graph.placeholder("x")
    axes = graph.const("axes", [0, 1] if not keep_dims else [0], "int32")
    shape: tuple[int, ...] = (1, 1) if keep_dims else ()
    y = graph.op(
        "Sum",
        "y",
        [x, axes],
        dtype="float32",
        shape=shape,
        T="float32",
        Tidx="int32",
        keep_dims=keep_dims,
    )
    return write_saved_model(directory, graph, [Signature(inputs={"x": x}, outputs={"y": y})])


def flags(folder: Path, text: str) -> tuple[str, str]:
    """The flags that batch by these parameters."""
    path = folder / "batching.txt"
    path.write_text(text)
    return "--enable_batching", f"--batching_parameters_file={path}"


def ask(server: EmbeddedServer, model: str, numbers: list[float]) -> list[float]:
    """The answers to one request of so many rows."""
    answer = server.post(f"/{model}:predict", {"instances": [[one] for one in numbers]})
    assert answer.status == 200, answer.body
    return [row[0] for row in answer.json["predictions"]]


@pytest.fixture(scope="module")
def padded(folder: Path) -> Iterator[EmbeddedServer]:
    """A server that pads to 4 or 8 rows, with a model for each way not to be a batch."""
    write_counter(folder / "counter" / "1")
    write_sum(folder / "sum" / "1", {"a": 1.0, "b": 1.0})
    write_pass_through(folder / "echo" / "1", weight=2.0, mask=False)
    write_total(folder / "scalar" / "1", keep_dims=False)
    write_total(folder / "total" / "1", keep_dims=True)
    names = ("counter", "sum", "echo", "scalar", "total")
    config = model_config(folder, *(f'name: "{one}" base_path: "{folder / one}"' for one in names))
    with EmbeddedServer(folder, config, *flags(folder, PADDED)) as server:
        yield server.opened()


@pytest.mark.parametrize(("rows", "run"), [(1, 4), (4, 4), (5, 8), (8, 8)])
def test_a_batch_is_padded_to_the_next_allowed_size(
    padded: EmbeddedServer, rows: int, run: int
) -> None:
    given = [float(row + 1) for row in range(rows)]
    assert ask(padded, "counter", given) == [one * (1 + run) for one in given]


def test_it_is_told_in_the_log(padded: EmbeddedServer) -> None:
    assert padded.log.count("Wrapping session to perform batch processing") == 5


def test_padding_repeats_the_first_row(padded: EmbeddedServer) -> None:
    answer = padded.post("/echo:predict", {"inputs": {"x": [[3.0], [1.0]], "key": ["b", "a"]}})
    assert answer.json == {"outputs": {"y": [[6.0], [2.0]], "key": ["b", "a"]}}


REFUSED = {
    "too large": (
        "counter",
        {"x": [[1.0]] * 9},
        "Task size 9 is larger than maximum input batch size 8",
    ),
    "no axis": (
        "counter",
        {"x": 1.0},
        "Batching Run() input tensors must have at least one dimension",
    ),
    "unequal": (
        "sum",
        {"a": [[1.0], [2.0]], "b": [[1.0]]},
        "Batching Run() input tensors must have equal 0th-dimension size",
    ),
    "scalar answer": ("scalar", {"x": [[1.0]]}, "Batched output tensor has 0 dimensions"),
    "one answer for all": (
        "total",
        {"x": [[1.0]]},
        (
            "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension "
            "sizes of the input tensors"
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_batch_is_refused(padded: EmbeddedServer, case: str) -> None:
    model, inputs, error = REFUSED[case]
    answer = padded.post(f"/{model}:predict", {"inputs": inputs})
    assert (answer.status, answer.json["error"]) == (400, error)


def test_a_request_without_rows_waits_for_one_with_rows(padded: EmbeddedServer) -> None:
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(padded.post, "/counter:predict", {"inputs": {"x": []}})
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        ask(padded, "counter", [1.0])
        assert waiting.result(timeout=30).status in {200, 400}


def test_what_is_no_signature_is_run_as_it_is(padded: EmbeddedServer) -> None:
    request = PredictRequest(output_filter=["y"])
    request.model_spec.name = "echo"
    rows = [[float(number)] for number in range(9)]
    request.inputs["x"].CopyFrom(tensor_proto(rows, "float32"))
    request.inputs["key"].CopyFrom(tensor_proto(["a"] * 9, "string"))
    stub = PredictionServiceStub(padded.channel)
    assert len(stub.Predict(request, timeout=30).outputs["y"].float_val) == 9


def test_a_request_is_split_where_that_is_allowed(tmp_path: Path) -> None:
    write_counter(tmp_path / "m" / "1")
    with EmbeddedServer(tmp_path, *one_model(tmp_path / "m"), *flags(tmp_path, SPLIT)) as server:
        assert ask(server.opened(), "m", [1.0] * 5) == [3.0] * 4 + [2.0]


def test_without_parameters_batches_are_as_large_as_requests(tmp_path: Path) -> None:
    write_counter(tmp_path / "m" / "1")
    with EmbeddedServer(tmp_path, *one_model(tmp_path / "m"), "--enable_batching") as server:
        assert ask(server.opened(), "m", [1.0, 1.0]) == [3.0, 3.0]
        answer = server.post("/m:predict", {"instances": [[1.0]] * 1001})
        assert "maximum input batch size 1000" in answer.json["error"]


def test_a_version_may_bring_its_own_parameters(tmp_path: Path) -> None:
    for version in ("1", "2"):
        write_counter(tmp_path / "m" / version)
    (tmp_path / "m" / "2" / "batching_params.pbtxt").write_text(PADDED)
    config = model_config(
        tmp_path, f'name: "m" base_path: "{tmp_path / "m"}" model_version_policy {{ all {{}} }}'
    )
    own = "--enable_per_model_batching_parameters"
    with EmbeddedServer(tmp_path, config, "--enable_batching", own) as server:
        server.opened()
        for version, answer in (("1", 2.0), ("2", 5.0)):
            asked = server.post(f"/m/versions/{version}:predict", {"instances": [[1.0]]})
            assert asked.json == {"predictions": [[answer]]}


STARTS = {
    "no such field": ("max_size { value: 8 }", "Error: INVALID_ARGUMENT: Invalid protobuf file: "),
    "no threads": (
        "num_batch_threads { value: 0 }",
        "Error: INVALID_ARGUMENT: num_batch_threads must be positive; was 0",
    ),
    "sizes": (
        "max_batch_size { value: 8 } allowed_batch_sizes: 4",
        (
            "{{name: m version: 1} due to error: INVALID_ARGUMENT: Last entry in "
            "allowed_batch_sizes must match max_batch_size; last entry was 4; expected 8"
        ),
    ),
    "default size": ("allowed_batch_sizes: 8", "last entry was 8; expected 1000"),
    "no rows": (
        "max_batch_size { value: 0 }",
        "INVALID_ARGUMENT: input_batch_size_limit must be positive; was 0",
    ),
    "timeout": (
        "batch_timeout_micros { value: -1 }",
        "INVALID_ARGUMENT: batch_timeout_micros must be non-negative; was -1",
    ),
    "parts": (
        "enable_large_batch_splitting { value: true } max_execution_batch_size { value: 2000 }",
        "INVALID_ARGUMENT: When enable_large_batch_splitting is true, input_batch_size_limit",
    ),
}


@pytest.mark.parametrize("case", STARTS)
def test_wrong_parameters_end_the_server(tmp_path: Path, case: str) -> None:
    text, error = STARTS[case]
    write_counter(tmp_path / "m" / "1")
    with EmbeddedServer(tmp_path, *one_model(tmp_path / "m"), *flags(tmp_path, text)) as server:
        assert server.ended() == 255
        assert error in server.log
