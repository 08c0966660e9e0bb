"""The kinds of values in `servegate.yml`, each with its rule and its JSON Schema.

A rule raises `ValueError` with the rest of a sentence that begins with the value's place. Rules
that look at the repository, or at the checks there are, find both in the validation's context
(`Surroundings`) and let everything pass when there is none.
"""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from servegate.config.places import Origin
from servegate.config.words import described, shown
from servegate.tfserving.versions import Version, parse_version
from servegate.wording import nearest

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(s|m|h)?\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_LONGEST = 24 * 3600
_MEMORY = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([kKMGT]i?)?B?\Z")
_UNITS = "KMGT"
_LEAST_MEMORY = 64 * 2**20
_HIGHEST_USER = 2**32 - 2
_IMAGE = r"[A-Za-z0-9][A-Za-z0-9._/:@+-]*"
_CHECK_ID = r"^[a-z][a-z0-9_]*/[a-z0-9-]+$"
_DOTTED = r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the values are held against; None where there is nothing to hold them against."""

    origin: Origin | None = None
    repository: Path | None = None
    known_checks: frozenset[str] | None = None


def _surroundings(info: ValidationInfo) -> Surroundings:
    return info.context if isinstance(info.context, Surroundings) else Surroundings()


def _plain(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    if "\0" in text:
        raise ValueError("must not hold a NUL character")
    return text


def _seconds(value: object) -> float:
    match = _DURATION.match(value if isinstance(value, str) else str(value))
    if match is None or isinstance(value, bool):
        words = f"must be a duration such as 90s, 2m or 90 (seconds), not {described(value)}"
        raise ValueError(words)
    seconds = float(match.group(1)) * _SECONDS[match.group(2) or "s"]
    if not 0 < seconds <= _LONGEST:
        raise ValueError(f"must be more than nothing and at most 24h, not {described(value)}")
    return seconds


def _bytes(value: object) -> int:
    match = _MEMORY.match(value if isinstance(value, str) else str(value))
    if match is None or isinstance(value, bool):
        raise ValueError(f"must be an amount such as 4GiB or 512MiB, not {described(value)}")
    number, unit = float(match.group(1)), match.group(2) or ""
    base = 1024 if unit.endswith("i") else 1000
    size = int(number * base ** (_UNITS.index(unit[0].upper()) + 1 if unit else 0))
    if size < _LEAST_MEMORY:
        raise ValueError(f"must be 64MiB or more, not {described(value)}")
    return size


def _user(value: object) -> int:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdecimal() and int(text[:12]) <= _HIGHEST_USER):
        raise ValueError(f"must be a numeric user id such as 1000, not {described(value)}")
    return int(text)


def _image(text: str) -> str:
    if not re.fullmatch(_IMAGE, text):
        raise ValueError(f"must be the name of an image, not {shown(text)}")
    return text


def _number(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError(f"must be a number, not {described(value)}")  # noqa: TRY004 - pydantic's
    return value


def _version(value: object) -> Version:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    version = parse_version(text)
    if version is None:
        raise ValueError(f"must be a version number such as 7, not {described(value)}")
    return version


def _callable(text: str) -> str:
    if re.fullmatch(rf"{_DOTTED}:{_DOTTED}", text):
        return text
    module, _, function = text.partition(":")
    meant = f"{module.removesuffix('.py').strip('/').replace('/', '.')}:{function or 'function'}"
    hint = f"; did you mean {shown(meant)}?" if re.fullmatch(rf"{_DOTTED}:{_DOTTED}", meant) else ""
    raise ValueError(f"must be written as module:function, not {shown(text)}{hint}")


def _flag(text: str) -> str:
    if not text.startswith("--"):
        words = f"must begin with -- and hold its value (--name=value), not {shown(text)}"
        raise ValueError(words)
    return text


def _check_id(text: str, info: ValidationInfo) -> str:
    known = _surroundings(info).known_checks
    if known is not None and text not in known:
        near = nearest(text[:100], sorted(known))
        raise ValueError(f"must be the id of a check, not {shown(text)}{near}")
    return text


def _inside(text: str) -> str:
    """The path in its shortest form. One that leads out of the repository is refused."""
    path = posixpath.normpath(text)
    if path.startswith("/"):
        raise ValueError(f"must be relative to the repository, not {shown(text)}")
    if path == ".." or path.startswith("../"):
        raise ValueError(f"leads out of the repository: {shown(text)}")
    return path


def _is_there(path: str, info: ValidationInfo, kind: Callable[[Path], bool]) -> bool:
    repository = _surroundings(info).repository
    if repository is None:
        return True
    try:
        place = (repository / path).resolve()
        inside, there = place.is_relative_to(repository.resolve()), kind(place)
    except (OSError, RuntimeError):
        raise ValueError(f"cannot be followed: {shown(path)}") from None
    if not inside:
        raise ValueError(f"leads out of the repository through a symbolic link: {shown(path)}")
    return there


def _file(path: str, info: ValidationInfo) -> str:
    if not _is_there(path, info, Path.is_file):
        raise ValueError(f"names a file that does not exist: {shown(path)}")
    return path


def _model(path: str, info: ValidationInfo) -> str:
    if not _is_there(path, info, Path.is_dir):
        hint = "where models are not in git, the step that downloads them runs before the gate"
        raise ValueError(f"names a directory that does not exist: {shown(path)}; {hint}")
    return path


def _baseline(path: str, info: ValidationInfo) -> str:
    if not _is_there(path, info, Path.is_dir):
        hint = "an image is not supported yet by this version"
        raise ValueError(f"names a directory that does not exist: {shown(path)}; {hint}")
    return path


def _context(path: str, info: ValidationInfo) -> str:
    if not _is_there(path, info, Path.is_dir):
        raise ValueError(f"names a directory that does not exist: {shown(path)}")
    return path


def _interpreter(text: str, info: ValidationInfo) -> str:
    # Neither resolved nor held inside: a virtual environment's python is a link to the system's.
    repository = _surroundings(info).repository
    found = text if repository is None else shutil.which(repository / text)
    if found is None:
        raise ValueError(f"must be the path of a program, and {shown(text)} is none")
    return text


Text: TypeAlias = Annotated[str, AfterValidator(_plain), Field(min_length=1)]
"""Text that says something."""

ElementName: TypeAlias = Annotated[Text, Field(pattern=r"^[^\[\]]+(\[[0-9]+(, ?[0-9]+)*\])?$")]
"""The name of a tensor, or of one element of its row: `scores[2]`."""

InsidePath: TypeAlias = Annotated[Text, AfterValidator(_inside)]
"""A path or glob within the repository; nothing needs to be there."""

FilePath: TypeAlias = Annotated[InsidePath, AfterValidator(_file)]
"""A file of the repository."""

ModelPath: TypeAlias = Annotated[InsidePath, AfterValidator(_model)]
"""A model's base path."""

BaselinePath: TypeAlias = Annotated[InsidePath, AfterValidator(_baseline)]
"""A directory with the versions that are in production."""

ContextPath: TypeAlias = Annotated[InsidePath, AfterValidator(_context)]
"""The directory that a Dockerfile is built with."""

ImageName: TypeAlias = Annotated[
    Text,
    AfterValidator(_image),
    WithJsonSchema({"type": "string", "pattern": f"^{_IMAGE}$"}),
]
"""A container image, by tag or by digest."""

Interpreter: TypeAlias = Annotated[Text, AfterValidator(_interpreter)]
"""A Python interpreter: a path, absolute or relative to the repository."""

CallableName: TypeAlias = Annotated[
    Text,
    AfterValidator(_callable),
    WithJsonSchema({"type": "string", "pattern": f"^{_DOTTED}:{_DOTTED}$"}),
]
"""A callable, as `module:function`."""

Flag: TypeAlias = Annotated[
    Text, AfterValidator(_flag), WithJsonSchema({"type": "string", "pattern": "^--"})
]
"""One flag of `tensorflow_model_server`."""

CheckId: TypeAlias = Annotated[
    Text, AfterValidator(_check_id), WithJsonSchema({"type": "string", "pattern": _CHECK_ID})
]
"""The id of a check."""

Seconds: TypeAlias = Annotated[
    float,
    BeforeValidator(_seconds),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": _LONGEST},
                {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? ?[smh]?$"},
            ]
        }
    ),
]
"""A duration: `90s`, `2m`, `1h`, or plain seconds."""

Bytes: TypeAlias = Annotated[
    int,
    BeforeValidator(_bytes),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": _LEAST_MEMORY},
                {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? ?([kKMGT]i?)?B?$"},
            ]
        }
    ),
]
"""An amount of memory: `4GiB`, `512MiB`, `4G`, or plain bytes."""

UserId: TypeAlias = Annotated[
    int,
    BeforeValidator(_user),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": _HIGHEST_USER}),
]
"""A numeric user id."""

Distance: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False), BeforeValidator(_number)]
"""How far two numbers may be apart."""

VersionNumber: TypeAlias = Annotated[
    Version,
    BeforeValidator(_version),
    WithJsonSchema(
        {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^\\s*[+-]?[0-9]+\\s*$"}]}
    ),
]
"""A version, quoted or not."""
