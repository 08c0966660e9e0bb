"""The `ModelServerConfig` that a server is started with, or is given later."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from google.protobuf import text_format

import servegate.savedmodel.protos  # noqa: F401 - first: the next module imports TensorFlow's

# isort: split
from tensorflow_serving.config import model_server_config_pb2

from servegate.errors import CannotTell
from servegate.facts.serving import Launch, ServedModel
from servegate.tfserving.policy import PolicyKind, VersionPolicy

_Message: TypeAlias = Any
"""A generated message: TF Serving's classes come without types."""


def local_place(model: ServedModel) -> str:
    """The base path for a server that sees this machine's files."""
    return str(model.base_path.absolute())


def config_text(launch: Launch, place: Callable[[ServedModel], str] = local_place) -> str:
    """The text proto for `--model_config_file`; names and paths are escaped by protobuf.

    Raises as `server_config` does.
    """
    return text_format.MessageToString(server_config(launch.models, place), as_utf8=False)


def server_config(
    models: Iterable[ServedModel], place: Callable[[ServedModel], str] = local_place
) -> _Message:
    """The message itself. `place` says where the server finds a model's versions.

    Raises `CannotTell` for a name or path that is not UTF-8: the message cannot hold it.
    """
    config = model_server_config_pb2.ModelServerConfig()
    # An empty list of models is a list too; without it the message says nothing.
    config.model_config_list.SetInParent()
    for model in models:
        entry = config.model_config_list.config.add(model_platform="tensorflow")
        try:
            entry.name = model.name
            entry.base_path = place(model)
        except UnicodeEncodeError as error:
            raise CannotTell(
                f"TF Serving cannot be told of the model {model.name!a} at "
                f"{place(model)!a}: the name is not UTF-8.",
                remedy="Rename it.",
            ) from error
        _set_policy(entry.model_version_policy, model.policy)
        for label, version in model.labels.items():
            entry.version_labels[label] = version
    return config


def _set_policy(message: _Message, policy: VersionPolicy) -> None:
    if policy.kind is PolicyKind.ALL:
        message.all.SetInParent()
    elif policy.kind is PolicyKind.SPECIFIC:
        message.specific.SetInParent()
        message.specific.versions.extend(policy.versions)
    else:
        message.latest.num_versions = max(1, policy.count)
