"""JSON as TF Serving writes it: RapidJSON's `PrettyWriter`, and its own way with numbers.

Source: `rapidjson/prettywriter.h`, and `WriteDecimal` in
`tensorflow_serving/util/json_tensor.cc`.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable

from servegate.embedded.denormals import flushed, flushed_single
from servegate.embedded.json_document import Json, JsonObject, Scalar, to_bytes
from servegate.embedded.json_double import double

_INDENT = b"    "
_ESCAPED = re.compile(rb'[\x00-\x1f"\\]')
_SHORT_ESCAPES = {
    b'"': b'\\"',
    b"\\": b"\\\\",
    b"\b": b"\\b",
    b"\f": b"\\f",
    b"\n": b"\\n",
    b"\r": b"\\r",
    b"\t": b"\\t",
}
_FLOAT = struct.Struct("<f")


class Writer:
    """Writes one document piece by piece; `single_line_arrays` may change on the way.

    Values are given as the bytes that stand in the document (`string`, `decimal`, `b"true"`).
    """

    def __init__(self, *, single_line_arrays: bool = False) -> None:
        self.single_line_arrays = single_line_arrays
        self._parts: list[bytes] = []
        self._levels: list[tuple[bytes, int]] = []  # the closing bracket, and how many values

    def text(self) -> bytes:
        """What was written."""
        return b"".join(self._parts)

    def open_object(self) -> None:
        """Begins an object; `key` and a value follow each other."""
        self._separate()
        self._parts.append(b"{")
        self._levels.append((b"}", 0))

    def open_array(self) -> None:
        """Begins an array."""
        self._separate()
        self._parts.append(b"[")
        self._levels.append((b"]", 0))

    def close(self) -> None:
        """Ends the array or object that was begun last."""
        bracket, count = self._levels.pop()
        if count and not (bracket == b"]" and self.single_line_arrays):
            self._parts.append(self._new_line())
        self._parts.append(bracket)

    def key(self, name: str) -> None:
        """The name of the object's next member."""
        _, count = self._levels[-1]
        self._parts += [b"," if count else b"", self._new_line(), string(to_bytes(name)), b": "]
        self._levels[-1] = (b"}", count + 1)

    def value(self, text: bytes) -> None:
        """One value."""
        self._separate()
        self._parts.append(text)

    def values(self, texts: Iterable[bytes]) -> None:
        """Several values of the array that is open."""
        between = b", " if self.single_line_arrays else b"," + self._new_line()
        joined = between.join(texts)
        if joined:
            self.value(joined)

    def _separate(self) -> None:
        """What stands before a value: nothing after a key, commas and lines in an array."""
        if not self._levels or self._levels[-1][0] == b"}":
            return
        bracket, count = self._levels[-1]
        self._levels[-1] = (bracket, count + 1)
        if self.single_line_arrays:
            self._parts.append(b", " if count else b"")
        else:
            self._parts += [b"," if count else b"", self._new_line()]

    def _new_line(self) -> bytes:
        return b"\n" + _INDENT * len(self._levels)


def string(data: bytes) -> bytes:
    """Text in quotes; bytes that are not UTF-8 stay as they are."""
    return b'"%s"' % _ESCAPED.sub(_escape, data)


def decimal(value: float, *, single: bool) -> bytes:
    """A number of an answer: six digits where they suffice, else all of its type's.

    `single`: the number is a 32-bit float. NaN and infinities are written bare.
    """
    if not math.isfinite(value):
        return b"NaN" if math.isnan(value) else (b"-Infinity" if value < 0 else b"Infinity")
    value = flushed_single(value) if single else flushed(value)
    text = f"{value:g}"
    read = float(text)
    if single and read != value:
        (read,) = _FLOAT.unpack(_FLOAT.pack(read))
    if read != value:
        text = f"{value:.9g}" if single else f"{value:.17g}"
    return (text if "." in text or "e" in text else f"{text}.0").encode()


def describe(document: Json) -> str:
    """A document, or a part of it, as error messages show it: up to a number that is none."""
    writer = Writer(single_line_arrays=True)
    _write(writer, document)
    return writer.text().decode("utf-8", "surrogateescape")


def _write(writer: Writer, document: Json) -> bool:
    """Whether the document could be written to its end."""
    match document:
        case JsonObject():
            writer.open_object()
            for name, value in document.members:
                writer.key(name)
                if not _write(writer, value):
                    return False
            writer.close()
        case list():
            writer.open_array()
            if not all(_write(writer, value) for value in document):
                return False
            writer.close()
        case float() if not math.isfinite(document):
            # RapidJSON writes the comma and gives up.
            writer.value(b"")
            return False
        case _:
            writer.value(_scalar(document))
    return True


def _scalar(value: Scalar) -> bytes:
    match value:
        case None:
            return b"null"
        case bool():
            return b"true" if value else b"false"
        case int():
            return b"%d" % value
        case float():
            return double(flushed(value))
        case str():
            return string(to_bytes(value))


def _escape(match: re.Match[bytes]) -> bytes:
    found = match[0]
    return _SHORT_ESCAPES.get(found) or b"\\u%04X" % found[0]
