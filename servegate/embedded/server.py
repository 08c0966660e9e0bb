"""Puts the server together, in the order in which TF Serving does (`server.cc`)."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import grpc
from tensorflow.core.protobuf.config_pb2 import RunOptions
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from servegate.embedded import log
from servegate.embedded.core import Core
from servegate.embedded.grpc_api import GrpcApi
from servegate.embedded.grpc_health import health_handler
from servegate.embedded.libtensorflow import library
from servegate.embedded.model_configs import configured
from servegate.embedded.options import (
    HOST,
    Listening,
    Models,
    Options,
    from_flags,
    served_models,
)
from servegate.embedded.predict import Terms
from servegate.embedded.rest_api import RestApi
from servegate.embedded.rest_server import RestServer
from servegate.embedded.status import StatusError, invalid_argument
from servegate.tfserving.flags import ParsedFlags

_FIRST_POLL = 0.1
"""Seconds that the first poll of the configuration is given before the ports open, as there."""

_UNLIMITED = (
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
)


def serve(flags: ParsedFlags) -> None:
    """Loads the models, then listens; does not return. Raises `StatusError` where it cannot start.

    Both ports stay closed until every model has a version, however long that takes.
    """
    if not flags.number("port") and not flags.text("grpc_socket_path"):
        raise invalid_argument(
            "At least one of server_options.grpc_port or server_options.grpc_socket_path must be "
            "set."
        )
    models = served_models(flags)
    if models.base_path and not models.config_file:
        log.info(
            log.SERVER,
            80,
            f"Building single TensorFlow model file config:  model_name: {models.name} "
            f"model_base_path: {models.base_path}",
        )
    config = configured(models)
    options = from_flags(flags)
    library()  # It takes a second, which else the first version would be said to load.
    core = Core(options, os.cpu_count() or 1)
    try:
        core.configure(config)
        _answer(core, options)
    finally:
        core.stop()


def _answer(core: Core, options: Options) -> None:
    """Opens the ports and answers until the process ends."""
    models, listening = options.models, options.listening
    log.info(log.SERVER, 124, "Using InsecureServerCredentials")
    if models.config_file and models.config_poll > 0:
        polled = threading.Event()
        arguments = (core, models, polled)
        threading.Thread(target=_watch, args=arguments, name="config", daemon=True).start()
        polled.wait(_FIRST_POLL)
    terms = Terms(method_name_check=options.loading.method_name_check)
    api = GrpcApi(core, terms, packed=listening.packed_tensors)
    grpc_server = _start_grpc(api, listening)
    _serve_rest(core, terms, listening)
    grpc_server.wait_for_termination()


def _watch(core: Core, models: Models, polled: threading.Event) -> None:
    """Reads the configuration file again and again; a mistake in it leaves things as they are."""
    while True:
        try:
            config = configured(models)
        except StatusError as error:
            message = f"Failed to read ModelServerConfig file: {error.message}"
            log.error(log.SERVER, 170, message)
        else:
            _reconfigure(core, config)
        polled.set()
        time.sleep(models.config_poll)


def _reconfigure(core: Core, config: ModelServerConfig) -> None:
    try:
        core.configure(config)
    except StatusError as error:
        message = f"PollFilesystemAndReloadConfig failed to ReloadConfig: {error.message}"
        log.error(log.SERVER, 177, message)


def _start_grpc(api: GrpcApi, listening: Listening) -> grpc.Server:
    """A server that answers gRPC, on no port at all where the flags say so."""
    handlers = ([health_handler()] if listening.grpc_health else []) + api.handlers()
    server = grpc.server(
        ThreadPoolExecutor(listening.grpc_threads, "grpc"), handlers, options=_UNLIMITED
    )
    try:
        if listening.grpc_port:
            server.add_insecure_port(f"{HOST}:{listening.grpc_port}")
        if listening.grpc_socket_path:
            server.add_insecure_port(f"unix:{listening.grpc_socket_path}")
    except RuntimeError as error:
        raise invalid_argument("Failed to BuildAndStart gRPC server") from error
    if listening.profiler:
        # Said, for whoever compares logs; a profiler there is none.
        log.info(log.SERVER, 395, "Profiler service is enabled")
    server.start()
    if listening.grpc_port:
        log.info(log.SERVER, 430, f"Running gRPC ModelServer at {HOST}:{listening.grpc_port} ...")
    if listening.grpc_socket_path:
        path = listening.grpc_socket_path
        log.info(log.SERVER, 434, f"Running gRPC ModelServer at UNIX socket {path} ...")
    return server


def _serve_rest(core: Core, terms: Terms, listening: Listening) -> None:
    """Answers REST requests for ever; returns where that was not asked for or is not possible."""
    if not listening.rest_port:
        return
    if listening.rest_port == listening.grpc_port:
        log.error(
            log.SERVER,
            456,
            "server_options.http_port cannot be same as grpc_port. Please use a different port "
            "for HTTP/REST API. Skipped exporting HTTP/REST API.",
        )
        return
    limit = RunOptions(timeout_in_ms=listening.rest_timeout_ms).SerializeToString()
    RestServer(RestApi(core, replace(terms, run_options=limit)), listening).run()
