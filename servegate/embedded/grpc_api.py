"""The gRPC API: `PredictionService` and `ModelService`.

Source: `prediction_service_impl.cc`, `model_service_impl.cc` in
`tensorflow_serving/model_servers/`, and recordings of a TF Serving 2.20.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from tensorflow.core.protobuf.config_pb2 import RunOptions
from tensorflow_serving.apis.classification_pb2 import (
    ClassificationRequest,
    ClassificationResponse,
    ClassificationResult,
)
from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
)
from tensorflow_serving.apis.get_model_status_pb2 import (
    GetModelStatusRequest,
    GetModelStatusResponse,
)
from tensorflow_serving.apis.inference_pb2 import MultiInferenceRequest, MultiInferenceResponse
from tensorflow_serving.apis.model_management_pb2 import (
    ReloadConfigRequest,
    ReloadConfigResponse,
)
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.predict_pb2 import PredictRequest, PredictResponse
from tensorflow_serving.apis.regression_pb2 import RegressionRequest, RegressionResponse

from servegate.embedded import log, metrics, tensors
from servegate.embedded.answers import model_metadata, model_spec, model_status
from servegate.embedded.core import Core, wanted
from servegate.embedded.examples import classify, multi_inference, regress
from servegate.embedded.predict import DEFAULT_SIGNATURE, Terms, predict
from servegate.embedded.status import Code, StatusError, from_exception, invalid_argument

Request = TypeVar("Request", bound=Message)
Measured = TypeVar("Measured", PredictRequest, ClassificationRequest, RegressionRequest)

_GRPC_CODES: Mapping[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}
_LONGEST_TIMEOUT = 2**31 / 1000  # seconds; a later deadline counts as none


class GrpcApi:
    """Answers requests; safe to use from several threads.

    `packed`: predictions are sent as `tensor_content`, and not value by value.
    """

    def __init__(self, core: Core, terms: Terms, *, packed: bool) -> None:
        self._core = core
        self._terms = terms
        self._packed = packed

    def handlers(self) -> list[grpc.GenericRpcHandler]:
        """Both services, for a `grpc.Server`."""
        prediction = {
            "Predict": _handler(PredictRequest, _measured("Predict", self._predict)),
            "Classify": _handler(ClassificationRequest, _measured("Classify", self._classify)),
            "Regress": _handler(RegressionRequest, _measured("Regress", self._regress)),
            "MultiInference": _handler(MultiInferenceRequest, self._multi_inference),
            "GetModelMetadata": _handler(GetModelMetadataRequest, self._metadata),
        }
        model = {
            "GetModelStatus": _handler(GetModelStatusRequest, self._status),
            "HandleReloadConfigRequest": _handler(ReloadConfigRequest, self._reload),
        }
        services = (("PredictionService", prediction), ("ModelService", model))
        return [
            *(
                grpc.method_handlers_generic_handler(f"tensorflow.serving.{name}", methods)
                for name, methods in services
            ),
            _Unknown(),
        ]

    def _predict(self, request: PredictRequest, context: grpc.ServicerContext) -> PredictResponse:
        spec = _required_spec(request)
        with self._core.borrow(wanted(spec)) as servable:
            response = PredictResponse(
                model_spec=model_spec(servable, spec.signature_name or DEFAULT_SIGNATURE)
            )
            outputs = predict(
                servable.session,
                spec.signature_name,
                request.inputs,
                request.output_filter,
                self._terms_of(spec, context),
            )
        for name, value in outputs.items():
            response.outputs[name].CopyFrom(tensors.packed(value) if self._packed else value)
        return response

    def _classify(
        self, request: ClassificationRequest, context: grpc.ServicerContext
    ) -> ClassificationResponse:
        spec = _required_spec(request)
        with self._core.borrow(wanted(spec)) as servable:
            terms = self._terms_of(spec, context)
            return ClassificationResponse(
                model_spec=model_spec(servable, spec.signature_name or DEFAULT_SIGNATURE),
                result=classify(servable.session, spec.signature_name, request.input, terms),
            )

    def _regress(
        self, request: RegressionRequest, context: grpc.ServicerContext
    ) -> RegressionResponse:
        spec = _required_spec(request)
        with self._core.borrow(wanted(spec)) as servable:
            terms = self._terms_of(spec, context)
            return RegressionResponse(
                model_spec=model_spec(servable, spec.signature_name or DEFAULT_SIGNATURE),
                result=regress(servable.session, spec.signature_name, request.input, terms),
            )

    def _multi_inference(
        self, request: MultiInferenceRequest, context: grpc.ServicerContext
    ) -> MultiInferenceResponse:
        response = MultiInferenceResponse()
        spec = request.tasks[0].model_spec if request.tasks else ModelSpec()
        with self._core.borrow(wanted(spec)) as servable:
            results = multi_inference(servable.session, request, self._terms_of(spec, context))
            for task, result in zip(request.tasks, results, strict=True):
                name = task.model_spec.signature_name or DEFAULT_SIGNATURE
                added = response.results.add(model_spec=model_spec(servable, name))
                if isinstance(result, ClassificationResult):
                    added.classification_result.CopyFrom(result)
                else:
                    added.regression_result.CopyFrom(result)
        return response

    def _metadata(
        self, request: GetModelMetadataRequest, _context: grpc.ServicerContext
    ) -> GetModelMetadataResponse:
        return model_metadata(self._core, _required_spec(request), request.metadata_field)

    def _status(
        self, request: GetModelStatusRequest, _context: grpc.ServicerContext
    ) -> GetModelStatusResponse:
        return model_status(self._core.states(wanted(_required_spec(request))))

    def _reload(
        self, request: ReloadConfigRequest, _context: grpc.ServicerContext
    ) -> ReloadConfigResponse:
        """Answers when the models that are new have become something, and not before."""
        try:
            self._reconfigure(request)
        except StatusError as error:
            log.error(log.MODEL_SERVICE, 73, f"ReloadConfig failed: {error.message}")
            raise
        response = ReloadConfigResponse()
        response.status.SetInParent()
        return response

    def _reconfigure(self, request: ReloadConfigRequest) -> None:
        if request.config.WhichOneof("config") != "model_config_list":
            raise invalid_argument(
                "ServerModelConfig type not supported by HandleReloadConfigRequest. "
                "Only ModelConfigList is currently supported"
            )
        for index, one in enumerate(request.config.model_config_list.config):
            log.info(
                log.MODEL_SERVICE,
                57,
                f"\nConfig entry\n\tindex : {index}\n\tpath : {one.base_path}"
                f"\n\tname : {one.name}\n\tplatform : {one.model_platform}",
            )
        self._core.configure(request.config)

    def _terms_of(self, spec: ModelSpec, context: grpc.ServicerContext) -> Terms:
        """The client's deadline is the run's time limit."""
        terms = replace(self._terms, model=spec.name)
        remaining: float | None = context.time_remaining()  # None without a deadline
        if remaining is None or remaining >= _LONGEST_TIMEOUT:
            return terms
        options = RunOptions(timeout_in_ms=max(1, int(remaining * 1000)))
        return replace(terms, run_options=options.SerializeToString())


def _required_spec(request: Message) -> ModelSpec:
    if not request.HasField("model_spec"):
        raise invalid_argument("Missing ModelSpec")
    spec: ModelSpec = request.model_spec  # type: ignore[attr-defined]
    return spec


class _Unknown(grpc.GenericRpcHandler):
    """Answers what nobody else does, in C++'s words: none at all."""

    def service(
        self,
        handler_call_details: grpc.HandlerCallDetails,  # noqa: ARG002 - the library's interface
    ) -> grpc.RpcMethodHandler[Any, Any]:
        """Handles every call, whether it sends one message or many."""
        return grpc.stream_stream_rpc_method_handler(_refuse)


def _refuse(_requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
    context.abort(grpc.StatusCode.UNIMPLEMENTED, "")


def _measured(
    api: str, answer: Callable[[Measured, grpc.ServicerContext], Message]
) -> Callable[[Measured, grpc.ServicerContext], Message]:
    """The same, counted by its outcome, and timed where it succeeds."""

    def measure(request: Measured, context: grpc.ServicerContext) -> Message:
        started, model = time.monotonic(), request.model_spec.name
        try:
            response = answer(request, context)
        except Exception as error:
            metrics.REQUESTS.add(model, from_exception(error).code.name)
            raise
        metrics.REQUEST_LATENCY.add(model, api, "GRPC", value=metrics.microseconds(started))
        metrics.REQUESTS.add(model, Code.OK.name)
        return response

    return measure


def _handler(
    kind: type[Request], answer: Callable[[Request, grpc.ServicerContext], Message]
) -> grpc.RpcMethodHandler[bytes, bytes]:
    # The library would tell a client of a message that is none more than C++ does: nothing.
    def handle(data: bytes, context: grpc.ServicerContext) -> bytes:
        try:
            return answer(kind.FromString(data), context).SerializeToString()
        except DecodeError:
            context.abort(grpc.StatusCode.INTERNAL, "")
        except Exception as error:  # noqa: BLE001 - no request may harm the server
            _fail(context, from_exception(error))

    return grpc.unary_unary_rpc_method_handler(handle)


def _fail(context: grpc.ServicerContext, error: StatusError) -> NoReturn:
    """Ends a request with a status. A message that is not UTF-8 cannot travel as it is."""
    details = error.message.encode("utf-8", "replace").decode()
    context.abort(_GRPC_CODES[error.code], details)
