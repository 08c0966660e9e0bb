"""RapidJSON 1.1.0 as a reader: what it accepts, how it rounds, and what it says where it stops.

Source: `rapidjson/reader.h`, `encodedstream.h` and `error/en.h` of release 1.1.0, with which
TF Serving is built, under the flags that `json_tensor.cc` sets. Past the end of the text that
reader sees a NUL, which one in the text cannot be told from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from servegate.embedded.json_number import ParseError, read_number

_MARK = (b"\xef", b"\xbb", b"\xbf")  # the byte order mark; each byte is skipped by itself
_SPACE = re.compile(rb"[ \n\r\t]*")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
_HEX = re.compile(rb"[0-9A-Fa-f]{4}")
_WORDS = {b"n": (b"null", None), b"t": (b"true", True), b"f": (b"false", False)}
_ESCAPES = {
    bytes([letter]): bytes([meaning])
    for letter, meaning in zip(b'"/\\bfnrt', b'"/\\\b\f\n\r\t', strict=True)
}
_HIGH_SURROGATES = range(0xD800, 0xDC00)
_LOW_SURROGATES = range(0xDC00, 0xE000)


class Reader:
    """Reads the first document of a text; used once.

    `make_object` makes an object of its members.
    """

    def __init__(
        self, text: bytes, make_object: Callable[[tuple[tuple[str, Any], ...]], Any]
    ) -> None:
        self._text = text
        self._make_object = make_object
        self._at = 0

    def document(self) -> Any:  # noqa: ANN401 - any JSON
        """The document. Raises `ParseError`, and `RecursionError` for one that is nested deeply."""
        for byte in _MARK:
            self._skip(byte)
        self._skip_space()
        if self._next() in {b"", b"\0"}:
            raise ParseError("The document is empty.", self._at)
        return self._value()

    def _next(self) -> bytes:
        """The byte to be read, none at the end."""
        return self._text[self._at : self._at + 1]

    def _skip(self, byte: bytes) -> bool:
        """Skips a byte if it comes next; whether it did."""
        found = self._next() == byte
        self._at += found
        return found

    def _skip_space(self) -> None:
        self._at = self._end(_SPACE)

    def _end(self, pattern: re.Pattern[bytes]) -> int:
        match = pattern.match(self._text, self._at)
        return match.end() if match else self._at

    def _value(self) -> Any:  # noqa: ANN401 - any JSON
        match self._next():
            case b'"':
                return self._string()
            case b"[":
                return self._array()
            case b"{":
                return self._object()
            case first if first in _WORDS:
                return self._word(*_WORDS[first])
            case _:
                value, self._at = read_number(self._text, self._at)
                return value

    def _word(self, word: bytes, value: bool | None) -> bool | None:  # noqa: FBT001 - its meaning
        for byte in word:
            if not self._skip(bytes([byte])):
                raise ParseError("Invalid value.", self._at)
        return value

    def _array(self) -> list[Any]:
        self._at += 1
        self._skip_space()
        values: list[Any] = []
        if self._skip(b"]"):
            return values
        while True:
            values.append(self._value())
            self._skip_space()
            if self._skip(b"]"):
                return values
            if not self._skip(b","):
                reason = "Missing a comma or ']' after an array element."
                raise ParseError(reason, self._at)
            self._skip_space()

    def _object(self) -> Any:  # noqa: ANN401 - what the maker makes
        self._at += 1
        self._skip_space()
        members: list[tuple[str, Any]] = []
        if self._skip(b"}"):
            return self._make_object(())
        while True:
            members.append(self._member())
            self._skip_space()
            if self._skip(b"}"):
                return self._make_object(tuple(members))
            if not self._skip(b","):
                reason = "Missing a comma or '}' after an object member."
                raise ParseError(reason, self._at)
            self._skip_space()

    def _member(self) -> tuple[str, Any]:
        if self._next() != b'"':
            raise ParseError("Missing a name for object member.", self._at)
        name = self._string()
        self._skip_space()
        if not self._skip(b":"):
            raise ParseError("Missing a colon after a name of object member.", self._at)
        self._skip_space()
        return name, self._value()

    def _string(self) -> str:
        self._at += 1
        parts = []
        while True:
            end = self._end(_PLAIN)
            parts.append(self._text[self._at : end])
            self._at = end
            if self._skip(b'"'):
                return b"".join(parts).decode("utf-8", "surrogateescape")
            if self._next() == b"\\":
                parts.append(self._escape())
            elif self._next() in {b"", b"\0"}:
                raise ParseError("Missing a closing quotation mark in string.", self._at)
            else:
                raise ParseError("Invalid escape character in string.", self._at)

    def _escape(self) -> bytes:
        start = self._at
        self._at += 1
        letter = self._next()
        self._at += 1
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        if letter != b"u":
            raise ParseError("Invalid escape character in string.", start)
        code = self._hex(start)
        if code in _HIGH_SURROGATES:
            low = self._hex(start) if self._skip(b"\\") and self._skip(b"u") else 0
            if low not in _LOW_SURROGATES:
                raise ParseError("The surrogate pair in string is invalid.", start)
            code = 0x10000 + ((code - _HIGH_SURROGATES.start) << 10) + low - _LOW_SURROGATES.start
        return chr(code).encode("utf-8", "surrogatepass")

    def _hex(self, start: int) -> int:
        digits = _HEX.match(self._text, self._at)
        if not digits:
            raise ParseError("Incorrect hex digit after \\u escape in string.", start)
        self._at = digits.end()
        return int(digits[0], 16)
