"""Changed `saved_model.pb[txt]` files that belong to no model: nobody would look at them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from servegate.changes.difference import Difference
from servegate.changes.discovery import ModelSource, base_path_of
from servegate.changes.paths import MODEL_FILES, by_base_path, join, split
from servegate.changes.patterns import Patterns
from servegate.facts.change import Unclaimed
from servegate.tfserving.nesting import continued_from
from servegate.tfserving.versions import Version, parse_version


def unclaimed(
    sources: Sequence[ModelSource], difference: Difference, ignore: Iterable[str] = ()
) -> tuple[Unclaimed, ...]:
    """The changed model files of head that no model claims, in the order of their paths.

    A model claims what lies in its numbered children, and the model files directly in its base
    path and in the other children ("v2"): those are its own layout check's business. Where no
    base is known, every file may have changed.
    """
    ignored = Patterns(ignore)
    suspects = (
        difference.changed & difference.head.keys() if difference.base_known else difference.head
    )
    files = {file for file in suspects if split(file)[1] in MODEL_FILES and not ignored.match(file)}
    files -= _claimed(sources, files)
    versions = _numbered(difference) if files else {}
    return tuple(_finding(file, versions) for file in sorted(files))


def _claimed(sources: Sequence[ModelSource], files: Iterable[str]) -> set[str]:
    owned = by_base_path(files, [source.path for source in sources])
    return {
        file
        for base_path, children in owned.items()
        for child, inside in children.items()
        for file in inside
        if parse_version(child) is not None or join(base_path, child) in {file, split(file)[0]}
    }


def _numbered(difference: Difference) -> dict[str, set[str]]:
    """The version directories of head and base that hold a model, by their base path."""
    found: dict[str, set[str]] = {}
    for side in (difference.base, difference.head):
        for file in side:
            if file.endswith(MODEL_FILES) and (base_path := base_path_of(file)) is not None:
                found.setdefault(base_path, set()).add(split(file)[0])
    return found


def _finding(file: str, versions: dict[str, set[str]]) -> Unclaimed:
    folder = split(file)[0]
    base_path = split(folder)[0]
    beside = versions.get(base_path, set())
    return Unclaimed(
        path=file,
        has_numbered_siblings=bool(beside - {folder}),
        model_path=base_path if beside else None,
        continues=_continued(folder, versions),
    )


def _continued(folder: str, versions: dict[str, set[str]]) -> str | None:
    base_path, name = split(folder)
    number = parse_version(name)
    if number is None:
        return None
    return continued_from(base_path, number, lambda above: _numbers(versions.get(above, set())))


def _numbers(folders: Iterable[str]) -> list[Version]:
    numbers = (parse_version(split(folder)[1]) for folder in folders)
    return [number for number in numbers if number is not None]
