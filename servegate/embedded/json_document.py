"""JSON as TF Serving reads it: RapidJSON with `kParseNanAndInfFlag` and `kParseStopWhenDoneFlag`.

Python's own document would lose what TF Serving's answers show: repeated keys, how numbers are
rounded, and bytes that are not UTF-8. Here a document is None, bool, int, float, `str`, list and
`JsonObject`. Numbers are 64-bit integers where they fit and doubles elsewhere. In text, a byte
that is not UTF-8 is the lone surrogate that Python's `surrogateescape` makes of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, Union

import rapidjson

from servegate.embedded.json_number import ParseError
from servegate.embedded.json_reader import Reader
from servegate.embedded.status import invalid_argument

Scalar: TypeAlias = bool | int | float | str | None
Json: TypeAlias = Union[Scalar, list["Json"], "JsonObject"]


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An object: its members in the order of the text, repeated keys included."""

    members: tuple[tuple[str, Json], ...]

    def has(self, key: str) -> bool:
        """Whether there is a member of that name."""
        return any(name == key for name, _ in self.members)

    def get(self, key: str) -> Json:
        """The value of the first member of that name, None without one."""
        return next((value for name, value in self.members if name == key), None)


class _Decoder(rapidjson.Decoder):
    def start_object(self) -> list[tuple[str, Json]]:
        return []

    def end_object(self, members: list[tuple[str, Json]]) -> JsonObject:
        return JsonObject(tuple(members))


_decode = _Decoder(number_mode=rapidjson.NM_NATIVE | rapidjson.NM_NAN)


def parse(body: bytes) -> Json:
    """The document in a request's body; what follows it is ignored. Raises `StatusError`."""
    if not body:
        raise invalid_argument("JSON Parse error: The document is empty")
    try:
        document: Json = _decode(body)
    except (rapidjson.JSONDecodeError, UnicodeDecodeError, RecursionError):
        # The library is a newer RapidJSON than TF Serving's. What it reads is read alike there;
        # what it refuses may be read all the same, or be refused in other words.
        return _parse_slowly(body)
    return document


def to_bytes(text: str) -> bytes:
    """The bytes that a document's text stands for."""
    return text.encode("utf-8", "surrogateescape")


def c_string(text: str) -> str:
    """A text as it is where TF Serving handles it as a C string: up to the first NUL."""
    return text.partition("\0")[0]


def _parse_slowly(body: bytes) -> Json:
    try:
        document: Json = Reader(body, JsonObject).document()
    except ParseError as error:
        raise invalid_argument(f"JSON Parse error: {error}") from error
    except RecursionError as error:
        # TF Serving's stack is deeper, and ends the server when it is used up.
        raise invalid_argument("JSON Parse error: nested too deeply") from error
    return document
