"""The flags of `tensorflow_model_server` that a launch comes to."""

from __future__ import annotations

from collections.abc import Iterable

from servegate.facts.serving import Launch
from servegate.tfserving.label_rules import FLAG as LABELS_FLAG

PLACEMENT_FLAGS = frozenset(
    {
        "grpc_socket_path",
        "max_num_load_retries",
        "model_base_path",
        "model_config_file",
        "model_config_file_poll_wait_seconds",
        "model_name",
        "port",
        "rest_api_port",
        "ssl_config_file",
        "use_alts_credentials",
    }
)
"""Production's flags that say where and how a server is reached, or that a `Launch` decides."""


def flag_name(flag: str) -> str:
    """`port` for `--port=8500`. TensorFlow's flags are `--name` or `--name=value`, no others."""
    return flag.removeprefix("--").partition("=")[0]


def arguments(
    launch: Launch, flags: Iterable[str], *, config_file: str, grpc_port: int, rest_port: int
) -> tuple[str, ...]:
    """The server's arguments: ours, then those of production that concern how it answers.

    `flags` are the launch's, with the files that they name where the server finds them.
    """
    production = tuple(flag for flag in flags if flag_name(flag) not in PLACEMENT_FLAGS)
    own = [
        f"--model_config_file={config_file}",
        f"--port={grpc_port}",
        f"--rest_api_port={rest_port}",
        f"--max_num_load_retries={launch.max_load_retries}",
    ]
    # Without it, labels in a server's first configuration are fatal (server_core.cc).
    labelled = any(model.labels for model in launch.models) and not launch.labels_as_given
    if labelled and LABELS_FLAG not in map(flag_name, production):
        own.append(f"--{LABELS_FLAG}=true")
    return (*own, *production)
