"""The repository beyond the model at hand: its other models, and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from servegate.tfserving.versions import VersionNames


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTree:
    """One model's tree on one side of the change: its base path and what TF Serving sees in it.

    `in_git` is False for a directory that an earlier step fills (`baseline:`): what is not in it
    may merely not have been fetched.
    """

    path: str
    names: VersionNames
    in_git: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Repository:
    """Both sides of the change as a whole; paths are relative to `root`. There is one for each run.

    `before` and `after` are all models by their names, with a tree that may hold no version;
    `before` is None where no base is known. `files` are the files after the change that git knows
    or would take up, `changed` those of them that the change touches.
    """

    root: Path
    after: Mapping[str, ModelTree] = field(default_factory=dict)
    before: Mapping[str, ModelTree] | None = None
    files: tuple[str, ...] = ()
    changed: frozenset[str] = frozenset()
