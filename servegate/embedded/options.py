"""What the flags mean to this server."""

from __future__ import annotations

from dataclasses import dataclass

from tensorflow.core.protobuf.config_pb2 import ConfigProto

from servegate.embedded.batching_parameters import (
    Batching,
    BatchingParameters,
    read_parameters,
)
from servegate.embedded.session import SessionOptions
from servegate.embedded.status import invalid_argument
from servegate.embedded.textproto import read_text_proto
from servegate.tfserving.flags import ParsedFlags

HOST = "127.0.0.1"
"""TF Serving listens on every address. Here a stranger's model answers, to this machine only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where and how the two APIs listen. Ports are TCP on `HOST`, zero is none."""

    grpc_port: int
    grpc_socket_path: str
    grpc_threads: int
    grpc_health: bool
    packed_tensors: bool
    profiler: bool
    rest_port: int
    rest_threads: int
    rest_timeout_ms: int
    cors: bool
    monitoring_file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """How versions are loaded; the interval between two attempts in seconds.

    `warmup_iterations` is zero where that is not said, `batching` None where every request is run
    as it is. `method_name_check` holds for warm-up records too.
    """

    session: SessionOptions
    threads: int
    retries: int
    retry_interval: float
    warmup: bool
    warmup_iterations: int
    method_name_check: bool
    batching: Batching | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """What is served, and by which rules: a configuration file (preferred) or one model.

    Intervals in seconds.
    """

    config_file: str
    config_poll: int
    name: str
    base_path: str
    poll: int
    labels_for_unavailable: bool
    flush_caches: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """All that the flags decide."""

    listening: Listening
    loading: Loading
    models: Models


def from_flags(flags: ParsedFlags) -> Options:
    """Options from the flags. Raises `StatusError` where TF Serving does not start."""
    if flags.text("batching_parameters_file") and not flags.enabled("enable_batching"):
        raise invalid_argument(
            "server_options.batching_parameters_file is set without setting "
            "server_options.enable_batching to true."
        )
    return Options(
        listening=_listening(flags), loading=_loading(flags), models=served_models(flags)
    )


def _listening(flags: ParsedFlags) -> Listening:
    return Listening(
        grpc_port=flags.number("port"),
        grpc_socket_path=flags.text("grpc_socket_path"),
        grpc_threads=max(1, flags.number("grpc_max_threads")),
        grpc_health=flags.enabled("enable_grpc_healthcheck_service"),
        packed_tensors=flags.enabled("enable_serialization_as_tensor_content"),
        profiler=flags.enabled("enable_profiler"),
        rest_port=flags.number("rest_api_port"),
        rest_threads=max(1, flags.number("rest_api_num_threads")),
        rest_timeout_ms=flags.number("rest_api_timeout_in_ms"),
        cors=flags.enabled("rest_api_enable_cors_support"),
        monitoring_file=flags.text("monitoring_config_file"),
    )


def _loading(flags: ParsedFlags) -> Loading:
    return Loading(
        session=SessionOptions(
            tags=flags.tags,
            config=_session_config(flags).SerializeToString(),
        ),
        threads=max(0, flags.number("num_load_threads")),
        retries=flags.number("max_num_load_retries"),
        retry_interval=max(0, flags.number("load_retry_interval_micros")) / 1e6,
        warmup=flags.enabled("enable_model_warmup"),
        warmup_iterations=max(0, flags.number("num_request_iterations_for_warmup")),
        method_name_check=flags.enabled("enable_signature_method_name_check"),
        batching=_batching(flags) if flags.enabled("enable_batching") else None,
    )


def _batching(flags: ParsedFlags) -> Batching:
    path = flags.text("batching_parameters_file")
    common = read_parameters(path) if path else BatchingParameters()
    common.check_threads()
    return Batching(
        common=common,
        by_model=flags.enabled("enable_per_model_batching_parameters"),
    )


def served_models(flags: ParsedFlags) -> Models:
    """What is to be served, which TF Serving reads before anything else."""
    return Models(
        config_file=flags.text("model_config_file"),
        config_poll=flags.number("model_config_file_poll_wait_seconds"),
        name=flags.text("model_name"),
        base_path=flags.text("model_base_path"),
        poll=flags.number("file_system_poll_wait_seconds"),
        labels_for_unavailable=flags.enabled("allow_version_labels_for_unavailable_models"),
        flush_caches=flags.enabled("flush_filesystem_caches"),
    )


def _session_config(flags: ParsedFlags) -> ConfigProto:
    """The file's configuration, with the flags above it (`server.cc`)."""
    path = flags.text("tensorflow_session_config_file")
    config = read_text_proto(path, ConfigProto) if path else ConfigProto()
    both = flags.number("tensorflow_session_parallelism")
    intra = flags.number("tensorflow_intra_op_parallelism")
    inter = flags.number("tensorflow_inter_op_parallelism")
    if intra > 0 and inter > 0 and both > 0:
        raise invalid_argument(
            "Either configure server_options.tensorflow_session_parallelism or "
            "(server_options.tensorflow_intra_op_parallelism, "
            "server_options.tensorflow_inter_op_parallelism) separately. "
            "You cannot configure all."
        )
    if intra <= 0 and inter <= 0:
        intra = inter = both
    if intra > 0:
        config.intra_op_parallelism_threads = intra
    if inter > 0:
        config.inter_op_parallelism_threads = inter
    return config
