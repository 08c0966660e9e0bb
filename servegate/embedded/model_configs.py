"""The models that a `ModelServerConfig` asks for, checked as `server_core.cc` does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tensorflow_serving.config.model_server_config_pb2 import (
    TENSORFLOW,
    ModelConfig,
    ModelServerConfig,
)

from servegate.embedded.options import Models
from servegate.embedded.status import Code, StatusError, invalid_argument
from servegate.embedded.textproto import read_text_proto
from servegate.tfserving.policy import PolicyKind, VersionPolicy
from servegate.tfserving.versions import Version

_PLATFORM = "tensorflow"
_LIST = "model_config_list"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoredModel:
    """One model of the configuration: where its versions appear, and which are wanted."""

    name: str
    base_path: str
    policy: VersionPolicy
    labels: tuple[tuple[str, Version], ...] = ()


def configured(models: Models) -> ModelServerConfig:
    """The configuration that the flags ask for. Raises `StatusError`."""
    if models.config_file:
        return read_text_proto(models.config_file, ModelServerConfig)
    if not models.base_path:
        raise invalid_argument(
            "Both server_options.model_base_path and server_options.model_config_file are empty!"
        )
    config = ModelServerConfig()
    config.model_config_list.config.add(
        name=models.name, base_path=models.base_path, model_platform=_PLATFORM
    )
    return config


def check_list(configs: Iterable[ModelConfig]) -> None:
    """What is checked before anything is changed. Raises `StatusError`."""
    seen: set[str] = set()
    for config in configs:
        if config.name in seen:
            raise invalid_argument(
                f"Illegal to list model {config.name} multiple times in config list"
            )
        seen.add(config.name)
    for config in configs:
        if not config.base_path.startswith("/") and "://" not in config.base_path:
            raise invalid_argument(
                f"Expected model {config.name} to have an absolute path or URI; "
                f"got base_path()={config.base_path}"
            )


def check_platform(config: ModelConfig) -> None:
    """What is checked after the labels are set. Raises `StatusError`."""
    platform = _platform(config)
    if platform != _PLATFORM:
        raise invalid_argument(f"Model {config.name} requests unsupported platform {platform}")


def check_platforms_stay(old: ModelServerConfig | None, new: ModelServerConfig) -> None:
    """Whether the models that stay keep their platform. Raises `StatusError`."""
    if old is None:
        return
    before = {one.name: _platform(one) for one in old.model_config_list.config}
    for config in new.model_config_list.config:
        if config.name not in before:
            continue
        platform = _platform(config)
        if platform != before[config.name]:
            raise invalid_argument(
                f"Illegal to change a model's platform. For model {config.name} platform was "
                f"{before[config.name]} and new platform requested is {platform}"
            )


def monitored(config: ModelConfig) -> MonitoredModel:
    """The plain data of one model's configuration."""
    return MonitoredModel(
        name=config.name,
        base_path=config.base_path,
        policy=_policy(config),
        labels=tuple(
            (label, Version(number)) for label, number in sorted(config.version_labels.items())
        ),
    )


def check_transition(old: ModelServerConfig | None, new: ModelServerConfig) -> None:
    """Whether one configuration may follow another at all. Raises `StatusError`."""
    if old is not None and {_kind(old), _kind(new)} != {_LIST}:
        raise StatusError(
            Code.FAILED_PRECONDITION,
            "Cannot transition to requested config. It is only legal to transition "
            "from one ModelConfigList to another.",
        )


def is_empty(config: ModelServerConfig) -> bool:
    """Whether it asks for nothing at all, not even for a list without models."""
    return _kind(config) is None


def is_custom(config: ModelServerConfig) -> bool:
    """Whether it asks for models in a way that no server of TF Serving's own understands."""
    return _kind(config) not in {_LIST, None}


def _kind(config: ModelServerConfig) -> str | None:
    kind: str | None = config.WhichOneof("config")
    return kind


def _platform(config: ModelConfig) -> str:
    """The platform that a configuration names in one way or the other. Raises `StatusError`."""
    platform = str(config.model_platform)
    if config.model_type and platform:
        raise invalid_argument(
            "Illegal setting both ModelServerConfig::model_type (deprecated) and "
            f"ModelServerConfig::model_platform, model name is {config.name}"
        )
    if not config.model_type and not platform:
        raise invalid_argument(
            "Illegal setting neither ModelServerConfig::model_type (deprecated) nor "
            f"ModelServerConfig::model_platform, model name is {config.name}"
        )
    if config.model_type:
        return _PLATFORM if config.model_type == TENSORFLOW else "other"
    return platform


def _policy(config: ModelConfig) -> VersionPolicy:
    policy = config.model_version_policy
    match policy.WhichOneof("policy_choice"):
        case "all":
            return VersionPolicy(kind=PolicyKind.ALL)
        case "specific":
            versions = tuple(Version(number) for number in policy.specific.versions)
            return VersionPolicy(kind=PolicyKind.SPECIFIC, versions=versions)
        case _:
            return VersionPolicy(count=policy.latest.num_versions)
