"""What TF Serving thinks of a `ModelServerConfig` that it could parse, in its own words.

Source: `ValidateModelConfigList`, `GetPlatform` and `CreateStoragePathRoutes` in
`model_servers/server_core.cc`, `LoadCustomModelConfig` in `model_servers/server.cc`, and a recorded
TF Serving 2.20. TF Serving stops at the first error; all of them are listed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from servegate.tfserving.model_config import ModelEntry, ModelServerConfig

PLATFORMS = ("tensorflow",)
"""The platforms of a model server that is started without `--platform_config_file`."""

# `io::ParseURI`: a letter, one or more letters, digits or dots, and "://".
_URI = re.compile(r"[A-Za-z][A-Za-z0-9.]+://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a configuration. `fatal`: the model server does not start on it."""

    message: str
    line: int
    fatal: bool = True


def problems(
    config: ModelServerConfig, *, platforms: tuple[str, ...] = PLATFORMS
) -> tuple[Problem, ...]:
    """Everything wrong with the configuration, by line."""
    found = [
        *_whole(config),
        *_duplicates(config),
        *(problem for entry in config.models for problem in _entry(entry, platforms)),
    ]
    return tuple(sorted(found, key=lambda problem: problem.line))


def _whole(config: ModelServerConfig) -> Iterator[Problem]:
    if config.custom_line is not None:
        words = "ModelServer does not yet support custom model config."
        yield Problem(message=words, line=config.custom_line)
    elif not config.models:
        yield Problem(message="No model is listed: nothing is served.", line=1, fatal=False)


def _duplicates(config: ModelServerConfig) -> Iterator[Problem]:
    seen = set()
    for entry in config.models:
        if entry.name in seen:
            words = f"Illegal to list model {entry.name} multiple times in config list"
            yield Problem(message=words, line=entry.line)
        seen.add(entry.name)


def _entry(entry: ModelEntry, platforms: tuple[str, ...]) -> Iterator[Problem]:
    if not entry.name:
        # Recorded: it loads, under a name that no request can bear.
        words = "The model has no name: no request can reach it."
        yield Problem(message=words, line=entry.line, fatal=False)
    if not entry.base_path.startswith("/") and not _URI.match(entry.base_path):
        words = (
            f"Expected model {entry.name} to have an absolute path or URI; "
            f"got base_path()={entry.base_path}"
        )
        yield Problem(message=words, line=entry.base_path_line or entry.line)
    platform = _platform_problem(entry, platforms)
    if platform:
        yield Problem(message=platform, line=entry.platform_line or entry.line)


def _platform_problem(entry: ModelEntry, platforms: tuple[str, ...]) -> str | None:
    if entry.model_type and entry.platform:
        return (
            "Illegal setting both ModelServerConfig::model_type (deprecated) "
            "and ModelServerConfig::model_platform."
        )
    if entry.model_type not in {"", "TENSORFLOW"}:
        return f"ModelServerConfig::model_type choice {entry.model_type} not supported."
    platform = entry.platform or entry.model_type.lower()
    if not platform:
        return (
            "Illegal setting neither ModelServerConfig::model_type (deprecated) "
            f"nor ModelServerConfig::model_platform, model name is {entry.name}"
        )
    if platform not in platforms:
        return f"Model {entry.name} requests unsupported platform {platform}"
    return None
