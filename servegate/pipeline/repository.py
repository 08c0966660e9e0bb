"""What the repository holds beside the model at hand, before and after the change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from servegate.changes.baseline import CommitTree
from servegate.changes.difference import Difference
from servegate.changes.discovery import ModelSource
from servegate.changes.git import Git
from servegate.changes.paths import by_base_path
from servegate.config.load import load
from servegate.config.schema import Config
from servegate.errors import WrongUse
from servegate.facts.repository import ModelTree, Repository
from servegate.tfserving.versions import read_names


def config_before(git: Git | None, base: str | None, config_file: str) -> Config | None:
    """The configuration at the base commit; None where there is none, or none that can be read."""
    if git is None or base is None or Path(config_file).is_absolute():
        return None
    content = CommitTree(git=git, commit=base).read(config_file)
    if content is None:
        return None
    try:
        return load(git.root / config_file, git.root, content)
    except WrongUse:
        return None  # it is being mended


def repository(
    difference: Difference, found: Sequence[ModelSource], config: Config, before: Config | None
) -> Repository:
    """Both sides. A model is known by its name, wherever its tree lies."""
    after = {one.name: one.path for one in found}
    earlier = {one.name: one.path for one in before.models} if before else {}
    baselines = {one.name: one.baseline for one in config.models if one.baseline}
    return Repository(
        root=difference.root.absolute(),
        after=_trees(difference.head, after),
        before=_before(difference, earlier or after, baselines) if difference.base_known else None,
        files=tuple(sorted(difference.head.keys() - difference.outside)),
        changed=difference.changed,
    )


def _trees(files: Iterable[str], paths: Mapping[str, str]) -> dict[str, ModelTree]:
    children = by_base_path(files, paths.values())
    return {
        name: ModelTree(path=path, names=read_names(children[path])) for name, path in paths.items()
    }


def _before(
    difference: Difference, paths: Mapping[str, str], baselines: Mapping[str, str]
) -> dict[str, ModelTree]:
    trees = _trees(difference.base, paths)
    for name, directory in baselines.items():
        served = (one.name for one in (difference.root / directory).iterdir() if one.is_dir())
        path = paths.get(name, directory)
        trees[name] = ModelTree(path=path, names=read_names(served), in_git=False)
    return trees
