"""Recorded REST exchanges: the same status, headers and document."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.support.conformance import Exchange, Kind, Stage, difference
from tests.support.embedded import EmbeddedServer
from tests.support.tinymodels import write_warmup

# isort: split
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

_WHEN = frozenset({"Date"})
_PATIENCE = 60.0  # seconds
_SHORT = 0.5  # seconds, where the recorded client waited in vain
_HOT = (
    "--model_name=times",
    "--model_base_path=$ROOT/served/hot/times",
    "--file_system_poll_wait_seconds=1",
)
_SLOW = ("--model_name=times", "--model_base_path=$ROOT/served/times")


def judge(_stage: Stage, server: EmbeddedServer, exchange: Exchange) -> str | None:
    """Puts a request and says what differs from the recorded answer."""
    line = exchange.line
    expected = _bytes(line, "response_body") or b""
    reason, headers = line.get("reason"), line.get("response_headers", {})
    recorded = _Answer(line["status"], reason, headers, _document(expected))
    return difference(recorded, _ask(server, line))


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is compared: all but what every answer has of its own. None for no answer at all."""

    status: int | None
    reason: str | None
    headers: Mapping[str, str]
    document: object


def _ask(server: EmbeddedServer, line: Mapping[str, Any]) -> _Answer:
    body = _bytes(line, "request_body")
    headers: dict[str, str] = line.get("request_headers", {})
    patience = _SHORT if line["status"] is None else _PATIENCE
    connection = HTTPConnection("127.0.0.1", server.rest_port, timeout=patience)
    try:
        connection.putrequest(line["method"], line["path"], skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        chunked = headers.get("Transfer-Encoding") == "chunked"
        if body is not None and not chunked:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body, encode_chunked=chunked)
        response = connection.getresponse()
        answered = {name: value for name, value in response.getheaders() if name not in _WHEN}
        return _Answer(response.status, response.reason, answered, _document(response.read()))
    except TimeoutError:
        return _Answer(None, None, {}, b"")
    finally:
        connection.close()


def _bytes(line: Mapping[str, Any], part: str) -> bytes | None:
    packed = line.get(f"{part}_b64")
    if packed is not None:
        return base64.b64decode(packed)
    text = line.get(part)
    return None if text is None else str(text).encode()


def _document(body: bytes) -> object:
    """A JSON document with its numbers digit for digit; whatever is none, as it is."""
    try:
        return json.loads(body, parse_float=str, parse_constant=str)
    except ValueError:
        return body


def rest_kind(config: str) -> Kind:
    """`rest.jsonl`: one server of many models, and one of whose versions come and go."""

    def prepare(stage: Stage) -> None:
        stage.write_config(config)
        (stage.scratch / "mon.config").write_text("prometheus_config { enable: true }")
        if (stage.models / "times").is_dir():
            stage.add_version(stage.models / "times" / "1", _hot(stage) / "1")

    return Kind(
        name="rest",
        judge=judge,
        prepare=prepare,
        steps={
            "hotswap.1.status": _second_version,
            "hotswap.3.empty_v3_status": _back_and_on_to_nothing,
            "hotswap.5.base_deleted_status": _without_base_path,
        },
    )


def _hot(stage: Stage) -> Path:
    return stage.scratch / "hot" / "times"


def _second_version(stage: Stage) -> None:
    stage.add_version(stage.models / "times" / "2", _hot(stage) / "2")
    stage.server(_HOT).reaches("times", {"2": "AVAILABLE", "1": "END"})


def _back_and_on_to_nothing(stage: Stage) -> None:
    server = stage.server(_HOT)
    shutil.rmtree(_hot(stage) / "2")
    server.reaches("times", {"2": "END", "1": "AVAILABLE"})
    (_hot(stage) / "3").mkdir()
    server.reaches("times", {"3": "LOADING", "2": "END", "1": "AVAILABLE"})


def _without_base_path(stage: Stage) -> None:
    shutil.rmtree(_hot(stage))
    stage.server(_HOT).logged("Could not find base path")


def rest_extra_kind() -> Kind:
    """`rest_extra.jsonl`: batching, warm-up, and the check of method names."""
    return Kind(name="rest_extra", judge=judge, prepare=_prepare_extra)


def _prepare_extra(stage: Stage) -> None:
    (stage.scratch / "bp.txt").write_text("max_batch_size { value: 4 }")
    request = PredictionLog()
    request.predict_log.request.model_spec.name = "another"
    tensor = request.predict_log.request.inputs["x"]
    tensor.dtype = 1
    tensor.float_val.append(1.0)
    tensor.tensor_shape.dim.add(size=1)
    for name, records in (
        ("warmup_wrong_model_name", [request.SerializeToString()]),
        ("warmup_empty_file", []),
    ):
        version = stage.scratch / name / "1"
        stage.add_version(stage.models / "times" / "1", version)
        write_warmup(version, records)


def rest_slow_kind() -> Kind:
    """`rest_slow.jsonl`: what is left after all retries, which here follow at once."""
    return Kind(
        name="rest_slow",
        judge=judge,
        prepare=lambda stage: stage.add_version(
            stage.models / "times" / "1", stage.scratch / "times" / "1"
        ),
        steps={"corrupt_default_after_5_retries.status": _corrupt_second_version},
        more_flags=("--load_retry_interval_micros=1000",),
    )


def _corrupt_second_version(stage: Stage) -> None:
    server = stage.server(_SLOW)
    corrupt = stage.scratch / "corrupt"
    shutil.copytree(stage.models / "times" / "2", corrupt)
    graph = corrupt / "saved_model.pb"
    graph.write_bytes(graph.read_bytes()[: graph.stat().st_size // 2])
    corrupt.rename(stage.scratch / "times" / "2")
    server.reaches("times", {"2": "END", "1": "AVAILABLE"})
