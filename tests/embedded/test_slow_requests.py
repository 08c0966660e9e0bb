"""A request that takes long holds up nobody; one that fails harms nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import grpc
import pytest

from tests.support.embedded import Answer, EmbeddedServer, model_config
from tests.support.reference import write_endless
from tests.support.tinymodels import tensor_proto, write_model

# isort: split
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

LIMIT = 6  # seconds


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    folder = tmp_path_factory.mktemp("slow")
    write_model(folder / "line" / "1")
    write_endless(folder / "endless" / "1")
    config = model_config(
        folder, *(f'name: "{one}" base_path: "{folder / one}"' for one in ("line", "endless"))
    )
    flags = (
        f"--rest_api_timeout_in_ms={LIMIT * 1000}",
        "--tensorflow_inter_op_parallelism=4",  # TensorFlow's own threads are not to be the limit
    )
    with EmbeddedServer(folder, config, *flags) as server:
        yield server.opened()


def request(model: str) -> PredictRequest:
    made = PredictRequest()
    made.model_spec.name = model
    made.inputs["x"].CopyFrom(tensor_proto([[1.0]], "float32"))
    return made


def answers_others(server: EmbeddedServer) -> None:
    """Asks both APIs a few things, which are answered."""
    stub = PredictionServiceStub(server.channel)
    for number in range(5):
        assert server.predict("line", number) == [2 * number + 1]
        assert stub.Predict(request("line"), timeout=LIMIT).outputs["y"].float_val[:] == [3]
        assert server.states("endless") == {"1": "AVAILABLE"}


def test_rest(server: EmbeddedServer) -> None:
    body = json.dumps({"instances": [[1.0]]}).encode()
    with ThreadPoolExecutor() as threads:
        path = "/v1/models/endless:predict"
        slow: Future[Answer] = threads.submit(server.ask, "POST", path, body)
        answers_others(server)
        assert not slow.done()
        answer = slow.result()
    assert (answer.status, answer.json["error"]) == (504, "Timed out waiting for notification")
    answers_others(server)


def test_grpc(server: EmbeddedServer) -> None:
    slow = PredictionServiceStub(server.channel).Predict.future(request("endless"), timeout=LIMIT)
    answers_others(server)
    assert not slow.done()
    assert slow.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    answers_others(server)


def test_failures_harm_nobody(server: EmbeddedServer) -> None:
    bodies = (b'{"instances": [["a"]]}', b"{", b'{"instances": [[1.0, 2.0], 3]}', b"\x00")
    with ThreadPoolExecutor(8) as threads:
        asked = [
            threads.submit(server.ask, "POST", "/v1/models/line:predict", body)
            for body in bodies * 25
        ]
        answers_others(server)
        assert {one.result().status for one in asked} == {400}
    answers_others(server)
