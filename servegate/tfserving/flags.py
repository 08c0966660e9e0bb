"""The flags of `tensorflow_model_server` and how it reads them.

Source: `tensorflow_serving/model_servers/main.cc`, TF's `command_line_flags.cc`, and the usage of
a TF Serving 2.20. A flag with a value is written `--name=value` and in no other way. An argument
that is no flag is printed with the usage, and the server starts all the same: whoever misspells
a flag gets its default.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

FlagValue = bool | int | float | str

_THREADS = str(4 * (os.cpu_count() or 1))
_LIMITS = {"int32": 2**31, "int64": 2**63}


class FlagType(StrEnum):
    """The types of TF's flag parser."""

    BOOL = "bool"
    INT32 = "int32"
    INT64 = "int64"
    FLOAT = "float"
    STRING = "string"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag; `default` is written as on the command line.

    `honoured`: the embedded server acts on it. `names_file`: its value is the path of a file.
    """

    name: str
    type: FlagType
    default: str
    summary: str
    honoured: bool
    names_file: bool = False


def _boolean(name: str, default: str, summary: str, *, honoured: bool = False) -> Flag:
    return Flag(name=name, type=FlagType.BOOL, default=default, summary=summary, honoured=honoured)


def _int32(name: str, default: str, summary: str, *, honoured: bool = False) -> Flag:
    return Flag(name=name, type=FlagType.INT32, default=default, summary=summary, honoured=honoured)


def _int64(name: str, default: str, summary: str) -> Flag:
    return Flag(name=name, type=FlagType.INT64, default=default, summary=summary, honoured=True)


def _string(name: str, default: str, summary: str, *, honoured: bool = False) -> Flag:
    return Flag(
        name=name, type=FlagType.STRING, default=default, summary=summary, honoured=honoured
    )


def _file(name: str, summary: str, *, honoured: bool = False) -> Flag:
    return Flag(
        name=name,
        type=FlagType.STRING,
        default="",
        summary=summary,
        honoured=honoured,
        names_file=True,
    )


FLAGS: tuple[Flag, ...] = (
    _int32("port", "8500", "TCP port of the gRPC API; zero: none.", honoured=True),
    _string("grpc_socket_path", "", "UNIX socket of the gRPC API.", honoured=True),
    _int32("rest_api_port", "0", "TCP port of the REST API; zero: none.", honoured=True),
    _int32("rest_api_num_threads", _THREADS, "Threads that answer REST requests.", honoured=True),
    _int32("rest_api_timeout_in_ms", "30000", "Time limit of a REST request.", honoured=True),
    _boolean("rest_api_enable_cors_support", "false", "Send CORS headers.", honoured=True),
    _boolean("enable_batching", "false", "Run several requests as one batch.", honoured=True),
    _boolean(
        "allow_version_labels_for_unavailable_models",
        "false",
        "Let a new label name a version that is not available yet.",
        honoured=True,
    ),
    _file("batching_parameters_file", "A BatchingParameters text proto.", honoured=True),
    _boolean(
        "enable_per_model_batching_parameters",
        "false",
        "Read `batching_params.pbtxt`.",
        honoured=True,
    ),
    _file("model_config_file", "A ModelServerConfig text proto: the models.", honoured=True),
    _int32(
        "model_config_file_poll_wait_seconds",
        "0",
        "Seconds between two readings of --model_config_file; zero: it is read once.",
        honoured=True,
    ),
    _string("model_name", "default", "Name of the one model, without a file.", honoured=True),
    _string("model_base_path", "", "Base path of the one model, without a file.", honoured=True),
    _int32("num_load_threads", "0", "Threads that load; zero: the manager's own.", honoured=True),
    _int32("num_unload_threads", "0", "Threads that unload; zero: the manager's own."),
    _int32("max_num_load_retries", "5", "How often a failed load is repeated.", honoured=True),
    _int64("load_retry_interval_micros", "60000000", "Microseconds between two attempts."),
    _int32(
        "file_system_poll_wait_seconds",
        "1",
        "Seconds between two looks at the base paths; zero: one look; negative: none.",
        honoured=True,
    ),
    _boolean("flush_filesystem_caches", "true", "Flush caches after a load.", honoured=True),
    _int64("tensorflow_session_parallelism", "0", "Threads of a session; zero: automatic."),
    _file("tensorflow_session_config_file", "A ConfigProto text proto.", honoured=True),
    _int64("tensorflow_intra_op_parallelism", "0", "Threads of one op; zero: automatic."),
    _int64("tensorflow_inter_op_parallelism", "0", "Ops at the same time; zero: automatic."),
    _boolean("use_alts_credentials", "false", "Google ALTS credentials for gRPC."),
    _file("ssl_config_file", "An SSLConfig text proto: TLS for gRPC."),
    _file("platform_config_file", "A PlatformConfigMap text proto."),
    Flag(
        name="per_process_gpu_memory_fraction",
        type=FlagType.FLOAT,
        default="0.000000",
        summary="Share of the GPU's memory.",
        honoured=False,
    ),
    _string("saved_model_tags", "serve", "Tags of the MetaGraph to load.", honoured=True),
    _string("grpc_channel_arguments", "", "Arguments of the gRPC server."),
    _int32("grpc_max_threads", _THREADS, "Threads that answer gRPC requests.", honoured=True),
    _boolean("enable_model_warmup", "true", "Replay warm-up records.", honoured=True),
    _int32("num_request_iterations_for_warmup", "0", "How often to replay each.", honoured=True),
    _boolean("version", "false", "Print the version and end.", honoured=True),
    _file("monitoring_config_file", "A MonitoringConfig text proto.", honoured=True),
    _boolean("remove_unused_fields_from_bundle_metagraph", "true", "Save memory."),
    _boolean("prefer_tflite_model", "false", "Serve `model.tflite` where there is one."),
    _int32("num_tflite_pools", "2", "Pools of TF Lite interpreters."),
    _int32("num_tflite_interpreters_per_pool", "1", "TF Lite interpreters of a pool."),
    _boolean(
        "enable_signature_method_name_check",
        "false",
        "Let a signature be asked only by the method it names.",
        honoured=True,
    ),
    _boolean("xla_cpu_compilation_enabled", "false", "XLA on the CPU.", honoured=True),
    _boolean("xla_gpu_compilation_enabled", "false", "XLA on CPU and GPU.", honoured=True),
    _boolean("enable_profiler", "true", "Serve TensorFlow's profiler."),
    _file("thread_pool_factory_config_file", "A ThreadPoolConfig text proto."),
    _string("mixed_precision", "", "Mode of mixed precision."),
    _boolean("skip_initialize_tpu", "false", "Do not initialise TPUs."),
    _boolean("enable_grpc_healthcheck_service", "false", "Serve grpc.health.v1.", honoured=True),
    _boolean("enable_serialization_as_tensor_content", "false", "Pack answers.", honoured=True),
)

FLAGS_BY_NAME: Mapping[str, Flag] = MappingProxyType({flag.name: flag for flag in FLAGS})


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFlags:
    """What TF Serving reads in its arguments.

    `values` holds every flag, `given` the names of those that were written, `unknown` the
    arguments that are no flag (ignored), `mistakes` the messages of values that cannot be read.
    With mistakes or `help`, the server prints its usage and does not start.
    """

    values: Mapping[str, FlagValue]
    given: tuple[str, ...]
    unknown: tuple[str, ...]
    mistakes: tuple[str, ...]
    help: bool

    def text(self, name: str) -> str:
        """The value of a string flag."""
        return str(self.values[name])

    def number(self, name: str) -> int:
        """The value of an integer flag."""
        return int(self.values[name])

    def enabled(self, name: str) -> bool:
        """The value of a Boolean flag."""
        return bool(self.values[name])

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of the meta graph that is loaded; what stands between commas is taken as is."""
        return tuple(self.text("saved_model_tags").split(","))


def parse_flags(arguments: Iterable[str]) -> ParsedFlags:
    """Reads arguments (without the program's name). The last of several values holds."""
    values: dict[str, FlagValue] = {one.name: _default(one) for one in FLAGS}
    given: list[str] = []
    unknown: list[str] = []
    mistakes: list[str] = []
    asked_for_help = False
    for argument in arguments:
        flag, text = _match(argument)
        if argument == "--help":
            asked_for_help = True
            continue
        if flag is None:
            unknown.append(argument)
            continue
        value = parse_value(flag.type, text)
        if value is None:
            mistakes.append(f"Couldn't interpret value {text} for flag {flag.name}.")
            continue
        given.append(flag.name)
        values[flag.name] = value
    return ParsedFlags(
        values=MappingProxyType(values),
        given=tuple(dict.fromkeys(given)),
        unknown=tuple(unknown),
        mistakes=tuple(mistakes),
        help=asked_for_help,
    )


def parse_value(flag_type: FlagType, text: str) -> FlagValue | None:
    """The value of a flag, None where TF's parser cannot read it (`sscanf`, nothing after it)."""
    match flag_type:
        case FlagType.STRING:
            return text
        case FlagType.BOOL:
            return {"true": True, "false": False}.get(text)
        case FlagType.FLOAT:
            return _float(text)
        case FlagType.INT32 | FlagType.INT64:
            limit = _LIMITS[flag_type]
            number = int(text) if re.fullmatch(r"\s*[+-]?[0-9]{1,20}", text) else limit
            return number if -limit <= number < limit else None


def usage(program: str = "tensorflow_model_server") -> str:
    """The usage text, in TF Serving's layout."""
    lines = [f"usage: {program}\nFlags:"]
    for flag in FLAGS:
        default = f'"{flag.default}"' if flag.type is FlagType.STRING else flag.default
        lines.append(f"\t{f'--{flag.name}={default}':<33}\t{flag.type}\t{flag.summary}")
    return "\n".join(lines) + "\n"


def _default(flag: Flag) -> FlagValue:
    value = parse_value(flag.type, flag.default)
    if value is None:
        raise ValueError(f"{flag.default!r} is no {flag.type} for --{flag.name}")
    return value


def _match(argument: str) -> tuple[Flag | None, str]:
    name, equals, text = argument.removeprefix("--").partition("=")
    flag = FLAGS_BY_NAME.get(name) if argument.startswith("--") else None
    if flag is None or equals:
        return flag, text
    return (flag, "true") if flag.type is FlagType.BOOL else (None, "")


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
