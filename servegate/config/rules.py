"""Rules between several values of `servegate.yml`.

They look at the plain data and not at the validated configuration, so that a wrong type somewhere
else does not hide them.
"""

from __future__ import annotations

from collections.abc import Iterator

from servegate.config.places import Place
from servegate.config.words import shown
from servegate.wording import nearest

_IMAGES = ("dockerfile", "built_image", "image")


def broken_rules(data: object) -> Iterator[tuple[Place, str]]:
    """The place and the sentence of every broken rule."""
    yield from _images(data)
    names = _texts(data, "models", "name")
    yield from _duplicates(names)
    if names:
        yield from _accepted_models(data, tuple(name for _, name in names))


def _images(data: object) -> Iterator[tuple[Place, str]]:
    """Production's image comes from one place, and a context belongs to a Dockerfile."""
    serving = data.get("serving") if isinstance(data, dict) else None
    given = [key for key in _IMAGES if isinstance(serving, dict) and key in serving]
    for key in given[1:]:
        words = f"serving.{key} and serving.{given[0]} exclude each other: keep the one that is so"
        yield ("serving", key), words
    if isinstance(serving, dict) and "context" in serving and "dockerfile" not in serving:
        yield ("serving", "context"), "serving.context needs serving.dockerfile"


def _texts(data: object, section: str, key: str) -> list[tuple[int, str]]:
    """The position and value of one key in the entries of a list, where it is text."""
    entries = data.get(section) if isinstance(data, dict) else None
    if not isinstance(entries, list):
        return []
    return [
        (at, entry[key])
        for at, entry in enumerate(entries)
        if isinstance(entry, dict) and isinstance(entry.get(key), str)
    ]


def _duplicates(names: list[tuple[int, str]]) -> Iterator[tuple[Place, str]]:
    first: dict[str, int] = {}
    for at, name in names:
        if name in first:
            words = f"models[{at}].name is {shown(name)}, as models[{first[name]}].name is"
            yield ("models", at, "name"), words
        first.setdefault(name, at)


def _accepted_models(data: object, names: tuple[str, ...]) -> Iterator[tuple[Place, str]]:
    for at, name in _texts(data, "accept", "model"):
        if name not in names:
            near = nearest(name[:100], names)
            words = f"accept[{at}].model: there is no model {shown(name)}{near}"
            yield ("accept", at, "model"), words
