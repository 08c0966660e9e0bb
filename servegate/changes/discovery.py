"""The models of a repository that has no configuration.

Every directory that holds `<number>/saved_model.pb` (or `.pbtxt`), in head or in base, is a model
named after the directory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from servegate.changes.difference import Difference
from servegate.changes.paths import MODEL_FILES, split
from servegate.changes.patterns import Patterns
from servegate.tfserving.versions import parse_version

_ENDINGS = tuple(f"/{name}" for name in MODEL_FILES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSource:
    """Where a model is and what else its verdict rests on.

    `path` is the base path, `path_before` the one that the base commit's configuration has for this
    name, empty where it is the same. `changed_when` are paths and globs as in `servegate.yml`;
    `depends_on` are files (or directories) by their plain names: examples, vocabulary,
    models.config, the modules of the user's code. All are relative to the repository.
    """

    name: str
    path: str
    path_before: str = ""
    changed_when: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()


def discover(difference: Difference, ignore: Iterable[str] = ()) -> tuple[ModelSource, ...]:
    """The models found by their files, in the order of their paths."""
    ignored = Patterns(ignore)
    found = {
        base_path_of(file)
        for side in (difference.base, difference.head)
        for file in side
        if file.endswith(_ENDINGS) and not ignored.match(file)
    }
    paths = sorted(path for path in found if path is not None)
    names = _names(difference.root.resolve().name or "model", paths)
    return tuple(ModelSource(name=name, path=path) for name, path in zip(names, paths, strict=True))


def base_path_of(model_file: str) -> str | None:
    """The base path that `<base path>/<number>/saved_model.pb` implies; None without a number."""
    base_path, number = split(split(model_file)[0])
    return base_path if parse_version(number) is not None else None


def _names(repository: str, paths: Sequence[str]) -> list[str]:
    """For each path its shortest suffix that no other one ends with, else the whole path."""
    parts = [(".", repository) if path == "." else tuple(path.split("/")) for path in paths]
    endings = Counter(one[-length:] for one in parts for length in range(1, len(one) + 1))
    return ["/".join(_shortest(one, endings)) for one in parts]


def _shortest(parts: tuple[str, ...], endings: Counter[tuple[str, ...]]) -> tuple[str, ...]:
    suffixes = (parts[-length:] for length in range(1, len(parts)))
    return next((suffix for suffix in suffixes if endings[suffix] == 1), parts)
