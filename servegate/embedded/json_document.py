"""JSON as TF Serving reads it: RapidJSON with `kParseNanAndInfFlag`.

Python's own document would lose what TF Serving's answers show: repeated keys, how numbers are
rounded, and bytes that are not UTF-8. Here a document is None, bool, int, float, `str`, list and
`JsonObject`. Numbers are 64-bit integers where they fit and doubles elsewhere. In text, a byte
that is not UTF-8 is the lone surrogate that Python's `surrogateescape` makes of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias, Union

import rapidjson

from servegate.embedded.status import StatusError, invalid_argument

Scalar: TypeAlias = bool | int | float | str | None
Json: TypeAlias = Union[Scalar, list["Json"], "JsonObject"]

_BOM = b"\xef\xbb\xbf"
_PARSE_ERROR = re.compile(r"Parse error at offset (\d+): (.*)\Z", re.DOTALL)
_TRAILING = "The document root must not be followed by other values."

# The parser wants UTF-8, so lone surrogates pass it in the clothes of Unicode's last private
# characters. Only a request that is not UTF-8 is dressed up: ordinary text never meets them.
_DISGUISE = {0xDC00 + byte: 0x10FD00 + byte for byte in range(0x80, 0x100)}
_UNMASK = {stand_in: surrogate for surrogate, stand_in in _DISGUISE.items()}


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


class _UnmaskingDecoder(_Decoder):
    def string(self, text: str) -> str:
        return text.translate(_UNMASK)

    def end_object(self, members: list[tuple[str, Json]]) -> JsonObject:
        return JsonObject(tuple((name.translate(_UNMASK), value) for name, value in members))


_NUMBERS = rapidjson.NM_NATIVE | rapidjson.NM_NAN
_decode = _Decoder(number_mode=_NUMBERS)
_decode_unmasking = _UnmaskingDecoder(number_mode=_NUMBERS)


def parse(body: bytes) -> Json:
    """The document in a request's body; what follows it is ignored. Raises `StatusError`."""
    if not body:
        raise invalid_argument("JSON Parse error: The document is empty")
    body = body.removeprefix(_BOM)
    try:
        body.decode()
    except UnicodeDecodeError:
        disguised = body.decode("utf-8", "surrogateescape").translate(_DISGUISE).encode()
        return _parse(disguised, _decode_unmasking)
    return _parse(body, _decode)


def to_bytes(text: str) -> bytes:
    """The bytes that a document's text stands for."""
    return text.encode("utf-8", "surrogateescape")


def _parse(text: bytes, decode: _Decoder) -> Json:
    try:
        document: Json = decode(text)
    except rapidjson.JSONDecodeError as error:
        match = _PARSE_ERROR.match(str(error))
        offset, reason = (int(match[1]), match[2]) if match else (0, str(error))
        if reason == _TRAILING:
            return _parse(text[:offset], decode)
        raise _parse_error(text[:offset], reason) from error
    except RecursionError as error:
        raise invalid_argument("JSON Parse error: nested too deeply") from error
    return document


def _parse_error(before: bytes, reason: str) -> StatusError:
    """The error of a parser that came so far; offsets count the bytes of the request."""
    undisguised = before.decode("utf-8", "ignore").translate(_UNMASK)
    return invalid_argument(f"JSON Parse error: {reason} at offset: {len(to_bytes(undisguised))}")
