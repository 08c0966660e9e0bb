"""The files outside the version tree on which the verdict on a model rests."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

from servegate.changes.dependencies import imported_files
from servegate.config.schema import Config, Model
from servegate.pipeline.flags import file_in


def depends_on(
    config: Config, model: Model | None, config_file: str, root: Path
) -> tuple[str, ...]:
    """Configuration, production's files, examples, and the modules of the callables."""
    return tuple(dict.fromkeys(_files(config, model, config_file, root)))


def _files(config: Config, model: Model | None, config_file: str, root: Path) -> Iterator[str]:
    yield config_file
    if config.serving.model_config_file:
        yield config.serving.model_config_file
    if config.serving.dockerfile:
        yield config.serving.dockerfile
        yield posixpath.normpath(f"{config.serving.context or '.'}/.dockerignore")
    for flag in config.serving.flags:
        file = file_in(flag, root)
        if file is not None:
            yield file
    if model is None:
        return
    if model.examples:
        yield model.examples
    if model.preprocessing:
        for name in (model.preprocessing.training, model.preprocessing.serving):
            if name:
                yield from imported_files(root, name.partition(":")[0])
