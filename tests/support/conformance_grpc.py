"""Recorded gRPC exchanges: the same code, details, trailing metadata and message."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import message_factory, text_format
from google.protobuf.message import Message

from tests.support.conformance import Exchange, Kind, Stage, difference
from tests.support.embedded import EmbeddedServer

# isort: split
from tensorflow_serving.apis import model_service_pb2, prediction_service_pb2
from tensorflow_serving.apis.model_management_pb2 import ReloadConfigRequest

_SERVICES = {
    service.full_name: service
    for file in (model_service_pb2.DESCRIPTOR, prediction_service_pb2.DESCRIPTOR)
    for service in file.services_by_name.values()
}

_PATIENCE = 60.0  # seconds
_SHORT = 0.5  # seconds, where the recorded client gave up
_RELOAD = "/tensorflow.serving.ModelService/HandleReloadConfigRequest"
_MAIN = (
    "--model_config_file=$ROOT/served/models.config",
    "--file_system_poll_wait_seconds=1",
    "--allow_version_labels_for_unavailable_models=true",
)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is compared; the message as text, in which floats keep their digits."""

    code: str
    details: str
    trailing_metadata: Sequence[tuple[str, str | bytes]]
    message: str


def judge(stage: Stage, server: EmbeddedServer, exchange: Exchange) -> str | None:
    """Makes a call and says what differs from the recorded answer."""
    line = exchange.line
    metadata = [tuple(pair) for pair in line["trailing_metadata"]]
    recorded = _Answer(line["code"], line["details"], metadata, _recorded_message(line))
    return difference(recorded, _call(stage, server, line))


def _call(stage: Stage, server: EmbeddedServer, line: Mapping[str, Any]) -> _Answer:
    gave_up = line["code"] == grpc.StatusCode.DEADLINE_EXCEEDED.name
    ask: Any = server.channel.unary_unary(line["rpc"])
    response = b""
    call: Any
    try:
        response, call = ask.with_call(
            _request(stage, line), timeout=_SHORT if gave_up else _PATIENCE
        )
    except grpc.RpcError as error:
        call = error
    return _Answer(
        call.code().name,
        stage.anonymous(call.details() or ""),
        [(key, value) for key, value in call.trailing_metadata() or ()],
        stage.anonymous(_text(line["rpc"], "output", response)),
    )


def _request(stage: Stage, line: Mapping[str, Any]) -> bytes:
    text = line.get("request", "")
    if "$ROOT" not in text:
        return base64.b64decode(line["request_b64"])
    message = _message_class(line["rpc"], "input")()
    return text_format.Parse(stage.located(text), message).SerializeToString()


def _recorded_message(line: Mapping[str, Any]) -> str:
    if "response_b64" in line:
        return _text(line["rpc"], "output", base64.b64decode(line["response_b64"]))
    if "response" not in line:
        return _text(line["rpc"], "output", b"")
    message = _message_class(line["rpc"], "output")()
    return text_format.MessageToString(text_format.Parse(line["response"], message))


def _text(rpc: str, part: str, data: bytes) -> str:
    """A message as text, in which floats keep their digits; of a stranger's service, bytes."""
    try:
        message = _message_class(rpc, part).FromString(data)
    except KeyError:
        return repr(data)
    return text_format.MessageToString(message)


def _message_class(rpc: str, part: str) -> type[Message]:
    """The class of a call's "input" or "output". Raises `KeyError` for an unknown one."""
    _, service, name = rpc.split("/")
    method = _SERVICES[service].methods_by_name[name]
    return message_factory.GetMessageClass(
        method.input_type if part == "input" else method.output_type
    )


def grpc_kind(config: str) -> Kind:
    """`grpc.jsonl`."""

    def prepare(stage: Stage) -> None:
        stage.write_config(config)

    return Kind(
        name="grpc",
        judge=judge,
        prepare=prepare,
        steps={
            "predict.after_reload_hpt": lambda stage: _gone(stage, "hpt"),
            "predict.label_after_reload": _label,
            "status.after_specific_1_2": _first_two,
            "status.after_base_change": _another_base_path,
            "predict.while_reload_hangs": _waiting_for_a_base_path,
            "reload.add_model_empty_version_dir": _empty_version,
        },
    )


def _gone(stage: Stage, model: str) -> None:
    server = stage.server(_MAIN)
    states = server.states(model)
    server.reaches(model, dict.fromkeys(states, "END"))


def _label(stage: Stage) -> None:
    """A reload moves the label on to a version that there is."""
    request = ReloadConfigRequest()
    model = request.config.model_config_list.config.add(
        name="times", base_path=str(stage.models / "times"), model_platform="tensorflow"
    )
    model.version_labels["stable"] = 3
    stage.server(_MAIN).channel.unary_unary(_RELOAD)(request.SerializeToString())


def _first_two(stage: Stage) -> None:
    stage.server(_MAIN).reaches("times", {"3": "END", "2": "AVAILABLE", "1": "AVAILABLE"})


def _another_base_path(stage: Stage) -> None:
    server = stage.server(_MAIN)
    _reload(server, times=stage.models / "saved_model_half_plus_three").result()
    server.reaches("times", {"123": "AVAILABLE", "3": "END", "2": "END", "1": "END"})


def _waiting_for_a_base_path(stage: Stage) -> None:
    """A reload that does not end, since a new model has no base path yet."""
    server = stage.restart(_MAIN)
    waiting = _reload(server, times=stage.models / "times", zz=stage.scratch / "zz")
    stage.at_the_end(waiting.cancel)
    server.logged("Could not find base path")


def _empty_version(stage: Stage) -> None:
    (stage.scratch / "zz" / "1").mkdir(parents=True)


def _reload(server: EmbeddedServer, **base_paths: Path) -> grpc.Future[bytes]:
    """Asks for these models and no others; the answer may take its time."""
    request = ReloadConfigRequest()
    for name, base_path in base_paths.items():
        request.config.model_config_list.config.add(
            name=name, base_path=str(base_path), model_platform="tensorflow"
        )
    ask: Any = server.channel.unary_unary(_RELOAD)
    call: grpc.Future[bytes] = ask.future(request.SerializeToString())
    return call
