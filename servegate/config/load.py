"""Reads `servegate.yml`, and reports everything that is wrong with it at once."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from servegate.config.places import Origin, Place
from servegate.config.schema import FILE_NAME, Config
from servegate.config.values import Surroundings
from servegate.errors import Mistake, WrongUse
from servegate.findings import Location

_MISTAKES_SHOWN = 100


def load(
    path: Path | None,
    repository: Path,
    text: bytes | None = None,
    *,
    known_checks: Collection[str] | None = None,
) -> Config:
    """The configuration in `path`, or in the repository's `servegate.yml` when that is None.

    With no file it is the defaults. `text` is the file's content where that is not the one on disk
    (another commit's): the files it names are then not looked for. `known_checks` are the ids
    that may be named; None lets every id pass. Raises `WrongUse` with all mistakes, by line.
    """
    place = path or repository / FILE_NAME
    file = _shown_path(place, repository)
    content = _content(place, file, given=path is not None) if text is None else text
    if content is None:
        return Config()
    return _read(content, file, repository if text is None else None, known_checks)


def _shown_path(place: Path, repository: Path) -> str:
    """Relative to the repository where it is in it."""
    try:
        # Only the folder is resolved: a link is known by its own name.
        absolute, top = place.parent.resolve() / place.name, repository.resolve()
    except (OSError, RuntimeError):
        return str(place)
    return str(absolute.relative_to(top) if absolute.is_relative_to(top) else place)


def _content(place: Path, file: str, *, given: bool) -> bytes | None:
    """The file's bytes, None where there is none and nobody asked for one."""
    if not given and not os.path.lexists(place):
        misnamed = place.with_suffix(".yaml")
        if misnamed.exists():
            raise _refusal(misnamed.name, f"is not read: its name has to be {FILE_NAME}")
        return None
    from servegate.config.tree import MAX_BYTES

    try:
        # Not a pipe or a device, which might never end.
        if not place.is_file():
            raise _refusal(file, "is not a file" if place.exists() else "there is no such file")
        with place.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refusal(file, f"cannot be read: {error.strerror}") from None


def _refusal(file: str, message: str, line: int | None = None) -> WrongUse:
    return WrongUse([Mistake(message=message, location=Location(file=file, line=line))])


def _read(
    content: bytes, file: str, repository: Path | None, known_checks: Collection[str] | None
) -> Config:
    from servegate.config.rules import broken_rules
    from servegate.config.tree import Unreadable, read_tree

    try:
        tree = read_tree(content)
    except Unreadable as error:
        raise _refusal(file, error.message, error.line) from None
    origin = Origin(file=file, lines=tree.lines)
    around = Surroundings(
        origin=origin,
        repository=repository,
        known_checks=None if known_checks is None else frozenset(known_checks),
    )
    value = {} if tree.value is None else tree.value
    config, complaints = _validated(value, around)
    found = list(tree.flaws)
    for place, message in (*broken_rules(value), *complaints):
        found.append((message, origin.line(place) or tree.lines.get(())))
    if config is None or found:
        raise WrongUse(_mistakes(found, file))
    return config


def _validated(
    value: object, around: Surroundings
) -> tuple[Config | None, tuple[tuple[Place, str], ...]]:
    """The configuration, or what is wrong with it."""
    from pydantic import ValidationError

    from servegate.config.complaints import complaints

    try:
        return Config.model_validate(value, context=around), ()
    except ValidationError as error:
        return None, tuple(complaints(error))


def _mistakes(found: list[tuple[str, int | None]], file: str) -> list[Mistake]:
    by_line = sorted(found, key=lambda one: one[1] or 0)
    mistakes = [
        Mistake(message=message, location=Location(file=file, line=line))
        for message, line in by_line[:_MISTAKES_SHOWN]
    ]
    if len(by_line) > _MISTAKES_SHOWN:
        words = f"and {len(by_line) - _MISTAKES_SHOWN} more mistakes"
        mistakes.append(Mistake(message=words, location=Location(file=file)))
    return mistakes
