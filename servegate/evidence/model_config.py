"""Production's `models.config`, before and after the change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from servegate.facts.change import ModelChange
from servegate.facts.history import BaseTree
from servegate.facts.production import ConfigReading
from servegate.facts.settings import Settings
from servegate.findings import Location
from servegate.providers import Stage, provides
from servegate.tfserving.model_config import BadModelConfig, ModelServerConfig, read_model_config
from servegate.tfserving.model_config_rules import problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Configs:
    """The parsed configurations; None where there is no file, or none that can be read."""

    head: ModelServerConfig | None
    base: ModelServerConfig | None
    reading: ConfigReading


@provides(stage=Stage.CHANGES)
def configs(
    change: ModelChange,
    settings: Settings,
    settings_before: Settings | None,
    base_tree: BaseTree | None,
) -> Configs:
    """Reads both. What is wrong with the new one is told in TF Serving's words.

    The old one is where the base commit's configuration says, or where the new one is.
    """
    if settings.model_config is None:
        return Configs(head=None, base=None, reading=ConfigReading())
    earlier = settings_before.model_config if settings_before else None
    before = base_tree.read(earlier or settings.model_config) if base_tree else None
    head, reading = _head(change.root / settings.model_config, settings.model_config)
    return Configs(head=head, base=_base(before), reading=reading)


@provides(stage=Stage.CHANGES)
def config_reading(configs: Configs) -> ConfigReading:
    """Whether production's server would start on its configuration."""
    return configs.reading


def _head(path: Path, file: str) -> tuple[ModelServerConfig | None, ConfigReading]:
    try:
        config = read_model_config(path.read_bytes())
    except (BadModelConfig, OSError) as error:
        line = error.line if isinstance(error, BadModelConfig) else None
        return None, ConfigReading(error=str(error), location=Location(file=file, line=line))
    for problem in problems(config):
        if problem.fatal:
            where = Location(file=file, line=problem.line)
            return config, ConfigReading(error=problem.message, location=where)
    return config, ConfigReading()


def _base(content: bytes | None) -> ModelServerConfig | None:
    if content is None:
        return None
    try:
        return read_model_config(content)
    except BadModelConfig:
        return None  # it is being mended: nothing is known of what production did with it
