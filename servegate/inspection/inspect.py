"""Inspecting a path: every version below it, as far as it can be read."""

from __future__ import annotations

import os
from pathlib import Path

from servegate.inspection.model import Inspection, VersionInspection
from servegate.inspection.version import inspect_version
from servegate.savedmodel.reader import BINARY, CHUNKED, TEXT
from servegate.tfserving.versions import Duplicate, parse_version, read_names

MAX_VERSIONS = 10
"""The highest so many versions of a base path are read, the others only listed."""


def inspect(path: Path) -> Inspection:
    """What lies at `path`: a version directory if a SavedModel is in it, else a base path.

    Never raises for what a model or a directory is like.
    """
    if any(os.path.lexists(path / name) for name in (BINARY, TEXT, CHUNKED)):
        name = path.resolve().name
        one = inspect_version(path, name=name, version=parse_version(name), served=None)
        return Inspection(path=str(path), versions=(one,))
    try:
        names = read_names(child.name for child in path.iterdir())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Inspection(
            path=str(path), versions=(), problems=(f"{path} cannot be listed ({reason}).",)
        )
    newest_first = names.versions[::-1]
    return Inspection(
        path=str(path),
        versions=tuple(
            _version(path, one.name, served=one is newest_first[0])
            for one in newest_first[:MAX_VERSIONS]
        ),
        ignored=names.ignored,
        not_read=tuple(one.name for one in newest_first[MAX_VERSIONS:]),
        problems=(
            *(_duplicate(one) for one in names.duplicates),
            *(() if newest_first else (_NO_VERSION,)),
        ),
    )


_NO_VERSION = (
    "There is no SavedModel here and no version directory: TF Serving reads directories "
    "whose names are numbers, such as 1."
)


def _version(base: Path, name: str, *, served: bool) -> VersionInspection:
    version = parse_version(name)
    return inspect_version(base / name, name=name, version=version, served=served)


def _duplicate(duplicate: Duplicate) -> str:
    ignored = ", ".join(duplicate.ignored)
    return (
        f"Version {duplicate.version} is there more than once: {duplicate.loaded} is loaded, "
        f"{ignored} not."
    )
