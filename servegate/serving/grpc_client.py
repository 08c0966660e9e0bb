"""Asking a model server by gRPC: one call, one deadline, no retries, no limits on messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

import grpc
from google.protobuf.message import DecodeError, EncodeError, Message

import servegate.savedmodel.protos  # noqa: F401 - first: the next module imports TensorFlow's

# isort: split
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_management_pb2,
    predict_pb2,
)

from servegate.deadline import Deadline
from servegate.facts.serving import Question, RequestRefused
from servegate.savedmodel.tensors import from_numpy

if TYPE_CHECKING:
    from collections.abc import Callable

_Message: TypeAlias = Any
"""A generated message: TF Serving's classes come without types."""

_PREDICT = "/tensorflow.serving.PredictionService/Predict"
_METADATA = "/tensorflow.serving.PredictionService/GetModelMetadata"
_STATUS = "/tensorflow.serving.ModelService/GetModelStatus"
_RELOAD = "/tensorflow.serving.ModelService/HandleReloadConfigRequest"

_OPTIONS: tuple[tuple[str, int], ...] = (
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    ("grpc.enable_retries", 0),
    ("grpc.enable_http_proxy", 0),
    # A channel of its own: a port that is used again must not inherit another server's back-off.
    ("grpc.use_local_subchannel_pool", 1),
    # While a server loads its port is closed; gRPC would otherwise look again after seconds.
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 250),
)

# How often a call that is under way looks whether the run was cancelled, in seconds.
_LOOK_UP = 0.1

_NOT_FROM_THE_APPLICATION = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED})

# gRPC's own words for a peer that breaks the protocol, under codes that applications use as well.
_BROKEN_TRANSPORT = (
    "RST_STREAM",
    "http2",
    "HTTP2",
    "HTTP/2",
    "http1.x",
    "HTTP status",
    "Stream removed",
)


class NoAnswer(Exception):
    """No answer of the application: the connection failed, the server hung, or sent garbage."""


class GrpcClient:
    """The calls of the gate, over one channel; safe to use from several threads."""

    def __init__(self, host: str, port: int) -> None:
        self._channel = grpc.insecure_channel(f"{host}:{port}", options=_OPTIONS)

    def predict(self, question: Question, deadline: Deadline) -> _Message:
        """The `PredictResponse`. Raises `RequestRefused`, `NoAnswer`, the deadline's exceptions."""
        answer = predict_pb2.PredictResponse()
        self._call(_PREDICT, _serialised(question), answer, deadline)
        return answer

    def metadata(self, model: str, label: str | None, deadline: Deadline) -> _Message:
        """The `GetModelMetadataResponse`, asked without a version or with a label.

        Raises like `predict`.
        """
        request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
        request.model_spec.name = model
        if label is not None:
            request.model_spec.version_label = label
        answer = get_model_metadata_pb2.GetModelMetadataResponse()
        self._call(_METADATA, request.SerializeToString(), answer, deadline)
        return answer

    def status(self, model: str, deadline: Deadline) -> _Message:
        """The `GetModelStatusResponse` for all versions of a model. Raises like `predict`."""
        request = get_model_status_pb2.GetModelStatusRequest()
        request.model_spec.name = model
        answer = get_model_status_pb2.GetModelStatusResponse()
        self._call(_STATUS, request.SerializeToString(), answer, deadline)
        return answer

    def reload(self, config: _Message, deadline: Deadline) -> None:
        """Gives the server a `ModelServerConfig`. Raises like `predict`."""
        request = model_management_pb2.ReloadConfigRequest(config=config)
        answer = model_management_pb2.ReloadConfigResponse()
        self._call(_RELOAD, request.SerializeToString(), answer, deadline)

    def close(self) -> None:
        """Ends calls that are under way. May be called twice."""
        self._channel.close()

    def _call(self, method: str, request: bytes, answer: Message, deadline: Deadline) -> None:
        deadline.check()
        # Bytes in, bytes out: an answer that cannot be parsed is told from an INTERNAL error.
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(method)
        timeout = deadline.remaining()
        try:
            reply = _result(call.future(request, timeout=timeout), deadline)
            answer.ParseFromString(reply)
        except grpc.RpcError as error:
            raise _explained(cast("grpc.Call", error), timeout) from error
        except (DecodeError, TypeError) as error:
            raise NoAnswer("the answer is not a message of TF Serving") from error
        except ValueError as error:  # the channel was closed while the question was asked
            raise NoAnswer("the server was stopped") from error


def _serialised(question: Question) -> bytes:
    request = predict_pb2.PredictRequest()
    try:
        request.model_spec.name = question.model
        request.model_spec.signature_name = question.signature
        if question.version is not None:
            request.model_spec.version.value = question.version
        elif question.label is not None:
            request.model_spec.version_label = question.label
        for name, array in question.inputs.items():
            request.inputs[name].CopyFrom(from_numpy(array))
        return cast("bytes", request.SerializeToString())
    except (ValueError, EncodeError) as error:
        # Names that are not UTF-8, dtypes that TensorFlow lacks, messages over 2 GiB.
        raise RequestRefused("INVALID_ARGUMENT", f"no request can be made: {error}") from error


def _result(future: Any, deadline: Deadline) -> bytes:  # noqa: ANN401 - grpc's own class is private
    waiting: Callable[[float], bytes] = future.result
    try:
        while True:
            try:
                return waiting(_LOOK_UP)
            except grpc.FutureTimeoutError:
                deadline.remaining()
    except grpc.FutureCancelledError as error:
        raise NoAnswer("the server was stopped") from error
    finally:
        future.cancel()


def _explained(error: grpc.Call, timeout: float) -> RequestRefused | NoAnswer:
    code, text = error.code(), error.details() or ""
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return NoAnswer(f"it did not answer within {timeout:.3g} seconds")
    if code in _NOT_FROM_THE_APPLICATION or any(words in text for words in _BROKEN_TRANSPORT):
        return NoAnswer(f"the connection failed ({code.name}: {text})")
    return RequestRefused(code.name, text)
