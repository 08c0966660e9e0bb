"""The health service of gRPC, as C++'s default implementation answers it.

Source: `default_health_check_service.cc` of gRPC, and `server.cc`, which names the services.
"""

from __future__ import annotations

from collections.abc import Callable

import grpc
from google.protobuf.message import DecodeError
from google.protobuf.wrappers_pb2 import Int32Value, StringValue

_HEALTHY = frozenset({"", "ModelService", "PredictionService"})
_SERVING, _SERVICE_UNKNOWN = 1, 3  # HealthCheckResponse.ServingStatus


def health_handler() -> grpc.GenericRpcHandler:
    """The service, for a `grpc.Server`."""
    return grpc.method_handlers_generic_handler(
        "grpc.health.v1.Health",
        {
            "Check": grpc.unary_unary_rpc_method_handler(_check),
            "Watch": grpc.unary_stream_rpc_method_handler(_Watch()),
        },
    )


# A request is one string and an answer one enumeration, both the field with the number one.


def _check(data: bytes, context: grpc.ServicerContext) -> bytes:
    try:
        service = StringValue.FromString(data).value
    except DecodeError:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "could not parse request")
    if service not in _HEALTHY:
        context.abort(grpc.StatusCode.NOT_FOUND, "service name unknown")
    return Int32Value(value=_SERVING).SerializeToString()


class _Watch:
    """Tells the state of a service, which never changes here, and then nothing until one leaves."""

    experimental_non_blocking = True
    """So that the library keeps no thread for each client that watches."""

    def __call__(
        self, data: bytes, context: grpc.ServicerContext, send: Callable[[bytes], None]
    ) -> None:
        try:
            service = StringValue.FromString(data).value
        except DecodeError:
            context.abort(grpc.StatusCode.INTERNAL, "could not parse request")
        status = _SERVING if service in _HEALTHY else _SERVICE_UNKNOWN
        send(Int32Value(value=status).SerializeToString())
