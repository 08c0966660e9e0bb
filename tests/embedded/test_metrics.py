"""The page of metrics: its address, what it counts, and how it writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from servegate.embedded.metrics import Counter, Sampler
from servegate.embedded.prometheus import metrics_page
from tests.support.embedded import EmbeddedServer, one_model
from tests.support.tinymodels import tensor_proto, write_model, write_warmup

# isort: split
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

PAGE = "/monitoring/prometheus/metrics"


def monitored(folder: Path, text: str) -> str:
    (folder / "monitoring.config").write_text(text)
    return f"--monitoring_config_file={folder / 'monitoring.config'}"


def request(model: str) -> PredictRequest:
    made = PredictRequest()
    made.model_spec.name = model
    made.inputs["x"].CopyFrom(tensor_proto([1.0], "float32"))
    return made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    folder = tmp_path_factory.mktemp("metrics")
    directory = write_model(folder / "m" / "1")
    record = PredictionLog()
    record.predict_log.request.CopyFrom(request("warm"))
    write_warmup(directory, [record.SerializeToString()])
    flag = monitored(folder, "prometheus_config { enable: true }")
    with EmbeddedServer(folder, *one_model(folder / "m"), flag) as server:
        yield server.opened()


def counted(server: EmbeddedServer, start: str) -> int:
    """The number on the line that starts like this, zero where there is none."""
    page = server.ask("GET", PAGE).body.decode()
    found = re.search(f"^{re.escape(start)} ([0-9]+)$", page, re.MULTILINE)
    return int(found[1]) if found else 0


REQUESTS = ':tensorflow:serving:request_count{model_name="%s",status="%s"}'
LATENCY = ':tensorflow:serving:request_latency_count{model_name="%s",API="%s",entrypoint="%s"}'
RUNTIME = ':tensorflow:serving:runtime_latency_count{model_name="%s",API="Predict",runtime="TF1"}'


def test_requests_are_counted_by_their_outcome(server: EmbeddedServer) -> None:
    ok, missing = REQUESTS % ("m", "OK"), REQUESTS % ("nope", "NOT_FOUND")
    rest = LATENCY % ("m", "predict", "REST")
    before = counted(server, ok), counted(server, missing), counted(server, rest)
    server.predict("m", 1)
    server.post("/nope:predict", {"instances": [1]})
    after = counted(server, ok), counted(server, missing), counted(server, rest)
    assert after == tuple(number + 1 for number in before)


def test_grpc_is_another_entrance(server: EmbeddedServer) -> None:
    PredictionServiceStub(server.channel).Predict(request("m"), timeout=60)
    assert counted(server, LATENCY % ("m", "Predict", "GRPC")) == 1
    assert counted(server, RUNTIME % "m") >= 1


def test_loads_and_warm_ups_are_measured(server: EmbeddedServer) -> None:
    page = server.ask("GET", PAGE).body.decode()
    assert re.search(r':load_attempt_count{model_path="/.*/m/1",status="success"} 1\n', page)
    assert re.search(r':load_latency{model_path="/.*/m/1"} [1-9][0-9]+\n', page)
    assert re.search(r':model_warmup_latency_count{model_path="/.*/m/1",status="OK"} 1\n', page)
    assert counted(server, RUNTIME % "warm") == 1


@pytest.mark.parametrize(
    ("path", "status"), [(PAGE, 200), (f"{PAGE}?x=1", 400), (f"{PAGE}/x", 404), ("/metrics", 404)]
)
def test_it_has_one_address(server: EmbeddedServer, path: str, status: int) -> None:
    answer = server.ask("GET", path)
    assert answer.status == status
    if status == 400:
        assert answer.body.decode() == f"Unexpected path: {path}. Should be {PAGE}"


def test_its_address_may_be_chosen(tmp_path: Path) -> None:
    write_model(tmp_path / "m" / "1")
    flag = monitored(tmp_path, 'prometheus_config { enable: true path: "/v1/m" }')
    with EmbeddedServer(tmp_path, *one_model(tmp_path / "m"), flag) as server:
        assert b"# TYPE :tensorflow" in server.opened().ask("POST", "/v1/m", b"").body
        assert server.ask("GET", PAGE).status == 404


def test_without_being_enabled_there_is_none(tmp_path: Path) -> None:
    write_model(tmp_path / "m" / "1")
    flag = monitored(tmp_path, 'prometheus_config { path: "/metrics" }')
    with EmbeddedServer(tmp_path, *one_model(tmp_path / "m"), flag) as server:
        assert server.opened().ask("GET", "/metrics").status == 404


def test_a_configuration_that_is_none_ends_the_server(tmp_path: Path) -> None:
    write_model(tmp_path / "m" / "1")
    flag = monitored(tmp_path, "prometheus_config { on: true }")
    with EmbeddedServer(tmp_path, *one_model(tmp_path / "m"), flag) as server:
        assert server.ended() == 255
        assert "Running gRPC ModelServer at" in server.log
        assert "Failed to start server. Error: INVALID_ARGUMENT: Invalid protobuf" in server.log


def test_a_value_at_a_limit_is_above_it() -> None:
    sampler = Sampler("/x", "a", limits=[1, 2])
    for value in (0, 1, 2, 3):
        sampler.add("l", value=value)
    assert sampler.samples()["l",].counts == (1, 1, 2)
    assert sampler.samples()["l",].total == 6


def test_series_stand_in_the_order_of_their_labels() -> None:
    counter = Counter("/x", "a")
    for label in ("b", "a", "b"):
        counter.add(label)
    assert list(counter.sums().items()) == [(("a",), 1), (("b",), 2)]


def test_every_metric_has_its_type_and_limits_have_six_digits() -> None:
    page = metrics_page()
    assert "# TYPE :tensorflow:serving:request_log_count counter\n" in page
    assert page.endswith("\n")
    types = re.findall(r"# TYPE (\S+)", page)
    assert types == sorted(types)


def test_limits_are_written_as_cpp_does(server: EmbeddedServer) -> None:
    server.predict("m", 1)
    page = server.ask("GET", PAGE).body.decode()
    limits = re.findall(r'request_latency_bucket{.*API="predict".*le="(.*)"}', page)
    assert limits[:8] == ["10", "18", "32.4", "58.32", "104.976", "188.957", "340.122", "612.22"]
    assert limits[-3:] == ["8.19309e+08", "1.47476e+09", "+Inf"]
    assert len(limits) == 34
