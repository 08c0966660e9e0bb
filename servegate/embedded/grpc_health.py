"""The health service of gRPC, as C++'s default implementation answers it.

Source: `default_health_check_service.cc` of gRPC, and `server.cc`, which names the services.
Only `Check` is there: `Watch` would keep a thread for each client that watches.
"""

from __future__ import annotations

import grpc
from google.protobuf.message import DecodeError
from google.protobuf.wrappers_pb2 import Int32Value, StringValue

_HEALTHY = frozenset({"", "ModelService", "PredictionService"})
_SERVING = 1  # HealthCheckResponse.SERVING


def health_handler() -> grpc.GenericRpcHandler:
    """The service, for a `grpc.Server`."""
    return grpc.method_handlers_generic_handler(
        "grpc.health.v1.Health", {"Check": grpc.unary_unary_rpc_method_handler(_check)}
    )


def _check(data: bytes, context: grpc.ServicerContext) -> bytes:
    # A request is one string and an answer one enumeration, both the field with the number one.
    try:
        service = StringValue.FromString(data).value
    except DecodeError:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "could not parse request")
    if service not in _HEALTHY:
        context.abort(grpc.StatusCode.NOT_FOUND, "service name unknown")
    return Int32Value(value=_SERVING).SerializeToString()
