"""A program with the flags of a model server that behaves as its first argument says.

Run by path, as `tensorflow_model_server` would be: `fakeserver.py MODE --port=… --rest_api_port=…`.
It serves version 1 of every model. What it does in each mode stands in `MODES` below.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import grpc

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import servegate.savedmodel.protos  # noqa: F401 - first: the next module imports TensorFlow's

# isort: split
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    predict_pb2,
)

from servegate.savedmodel.protos import DataType

PROGRAM = Path(__file__).resolve()
CORRUPT = "OUT_OF_RANGE: Read less bytes than requested"
AVAILABLE, LOADING, END = 30, 20, 50
METADATA = b'{"model_spec": {"name": "m", "signature_name": "", "version": "1"}, "metadata": {}}'
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]

Predict = Callable[[bytes, grpc.ServicerContext], bytes]


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def status(state: int, error: str = "") -> bytes:
    reply = get_model_status_pb2.GetModelStatusResponse()
    row = reply.model_version_status.add(version=1, state=state)
    row.status.error_code, row.status.error_message = (2, error) if error else (0, "")
    return bytes(reply.SerializeToString())


def echo(request: bytes, _context: grpc.ServicerContext) -> bytes:
    asked = predict_pb2.PredictRequest.FromString(request)
    reply = predict_pb2.PredictResponse(outputs=asked.inputs)
    reply.model_spec.version.value = asked.model_spec.version.value or 1
    return bytes(reply.SerializeToString())


def bomb(_request: bytes, _context: grpc.ServicerContext) -> bytes:
    reply = predict_pb2.PredictResponse()
    reply.model_spec.version.value = 1
    tensor = reply.outputs["y"]
    tensor.dtype = DataType.DT_FLOAT
    tensor.tensor_shape.dim.add(size=10**12)
    tensor.float_val.append(1.0)
    return bytes(reply.SerializeToString())


def metadata(_request: bytes, _context: grpc.ServicerContext) -> bytes:
    reply = get_model_metadata_pb2.GetModelMetadataResponse()
    reply.model_spec.version.value = 1
    return bytes(reply.SerializeToString())


def versionless(_request: bytes, _context: grpc.ServicerContext) -> bytes:
    return bytes(predict_pb2.PredictResponse().SerializeToString())


def refuse(_request: bytes, context: grpc.ServicerContext) -> bytes:
    context.abort(grpc.StatusCode.INVALID_ARGUMENT, "assertion failed: [x must be positive]")


def die(_request: bytes, _context: grpc.ServicerContext) -> bytes:
    say("the end of the log")
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(60)
    return b""


def hang(_request: bytes, _context: grpc.ServicerContext) -> bytes:
    time.sleep(600)
    return b""


def serve_grpc(port: int, predict: Predict, answer_status: bytes) -> None:
    handler = grpc.unary_unary_rpc_method_handler

    def told(_request: bytes, _context: grpc.ServicerContext) -> bytes:
        return answer_status

    server = grpc.server(ThreadPoolExecutor(8), options=UNLIMITED)
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(
                "tensorflow.serving.PredictionService",
                {"Predict": handler(predict), "GetModelMetadata": handler(metadata)},
            ),
            grpc.method_handlers_generic_handler(
                "tensorflow.serving.ModelService", {"GetModelStatus": handler(told)}
            ),
        )
    )
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    server.wait_for_termination()


def serve_rest(port: int, code: int, body: bytes) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code)
            self.end_headers()
            self.wfile.write(body)

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


def serve_bytes(port: int, garbage: bytes) -> None:
    listener = socket.create_server(("127.0.0.1", port))
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(garbage)
            time.sleep(0.05)


def give_up(model: str, error: str) -> Callable[[int, int], None]:
    def run(_grpc: int, _rest: int) -> None:
        say(
            "Failed to start server. Error: UNKNOWN: 1 servable(s) did not become available: "
            f"{{{{{{name: {model} version: 1}} due to error: {error}}}, }}"
        )
        os._exit(255)

    return run


def crash(_grpc: int, _rest: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for_versions(_grpc: int, _rest: int) -> None:
    say(
        "2026-11-22 14:04:40.139433: W tensorflow_serving/sources/x.cc:314] No versions of servable"
        " m found under base path /m. Did you forget to name your leaf directory as a number?"
    )
    time.sleep(600)


def answering(
    predict: Predict = echo,
    states: bytes | None = None,
    rest: tuple[int, bytes] = (200, METADATA),
) -> Callable[[int, int], None]:
    def run(grpc_port: int, rest_port: int) -> None:
        threading.Thread(target=serve_rest, args=(rest_port, *rest), daemon=True).start()
        serve_grpc(grpc_port, predict, status(AVAILABLE) if states is None else states)

    return run


def spouting(garbage: bytes) -> Callable[[int, int], None]:
    def run(grpc_port: int, rest_port: int) -> None:
        threading.Thread(target=serve_bytes, args=(rest_port, garbage), daemon=True).start()
        serve_bytes(grpc_port, garbage)

    return run


MODES: dict[str, Callable[[int, int], None]] = {
    "echo": answering(),
    "bomb": answering(bomb),
    "die": answering(die),
    "hang": answering(hang),
    "junk": answering(lambda *_: b"\xff\xff\xff"),
    "refuse": answering(refuse),
    "versionless": answering(versionless),
    "loading": answering(states=status(LOADING)),
    "ended": answering(states=status(END, CORRUPT)),
    "unloaded": answering(states=status(END)),
    "rest-not-json": answering(rest=(200, b"\xff<html>")),
    "rest-endless": answering(rest=(200, b"x" * (65 * 2**20))),
    "rest-refused": answering(rest=(404, b'{ "error": "Servable not found" }')),
    "random-bytes": spouting(bytes(range(256)) * 4),
    "http-1": spouting(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    "corrupt": give_up("m", CORRUPT),
    "other-corrupt": give_up("neighbour", CORRUPT),
    "crash": crash,
    "no-versions": wait_for_versions,
}


def main() -> None:
    flags = dict(argument[2:].split("=", 1) for argument in sys.argv[2:])
    MODES[sys.argv[1]](int(flags["port"]), int(flags["rest_api_port"]))


if __name__ == "__main__":
    main()
