"""Where the fields of a text proto are written: the lines that `text_format` throws away.

The grammar itself is `text_format`'s business: this reads only text that it has accepted, with its
own tokenizer, so that the two cannot disagree about where a token ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.text_format import Tokenizer

_CLOSED_BY = {"{": "}", "<": ">"}
_QUOTES = ("'", '"')


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenField:
    """One value of a field: `line` is where its name stands, or the value in a `[list]`.

    `text` is the decoded value of a quoted scalar, None for every other value.
    """

    name: str
    line: int
    fields: tuple[WrittenField, ...] = ()
    text: bytes | None = None

    def all(self, name: str) -> tuple[WrittenField, ...]:
        """The values of one field of this message, in the order of the file."""
        return tuple(one for one in self.fields if one.name == name)

    def line_of(self, name: str) -> int | None:
        """The line of a field's first value, None where the message does not set it."""
        return next((one.line for one in self.fields if one.name == name), None)


def outline(text: str) -> WrittenField:
    """The fields of a text proto that `text_format.Parse` accepts, below a nameless root."""
    reader = _Reader(text)
    return WrittenField(name="", line=1, fields=tuple(reader.message("")))


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = Tokenizer(text.split("\n"))

    def message(self, end: str) -> Iterator[WrittenField]:
        """The fields up to the closing bracket, or up to the end of the text."""
        while not self._tokens.AtEnd() and not self._tokens.TryConsume(end):
            name = self._name()
            line = self._line_taken()
            self._tokens.TryConsume(":")
            yield from self._values(name, line)
            if not self._tokens.TryConsume(","):
                self._tokens.TryConsume(";")

    def _take(self) -> str:
        token = self._tokens.token
        self._tokens.NextToken()
        return token

    def _line_taken(self) -> int:
        # The one public way to a line; asking for the current token's would copy its whole line.
        taken = self._tokens.ParseErrorPreviousToken("")  # type: ignore[arg-type]
        return taken.GetLine() or 1

    def _name(self) -> str:
        name = self._take()
        while name.startswith("[") and not name.endswith("]"):
            name += self._take()
        return name

    def _values(self, name: str, line: int) -> Iterator[WrittenField]:
        if not self._tokens.TryConsume("["):
            yield self._value(name, line)
            return
        while not self._tokens.TryConsume("]"):
            yield self._value(name, None)
            self._tokens.TryConsume(",")

    def _value(self, name: str, line: int | None) -> WrittenField:
        if self._tokens.token.startswith(_QUOTES):
            text = self._tokens.ConsumeByteString()
            return WrittenField(name=name, line=line or self._line_taken(), text=text)
        token = self._take()
        line = line or self._line_taken()
        fields = tuple(self.message(_CLOSED_BY[token])) if token in _CLOSED_BY else ()
        return WrittenField(name=name, line=line, fields=fields)
