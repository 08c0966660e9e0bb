"""Mistakes in a text proto, said as protobuf's C++ parser says them (`text_format.cc`).

Python's parser finds the same mistakes. It names some at the token before, and in other words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from google.protobuf.text_format import ParseError

_TAB = 8  # C++'s tokenizer counts columns up to the next tab stop
_SPACE = re.compile(r"(?:\s|#[^\n]*)*")
_TOKEN = re.compile(r"[\w.+]+|\"[^\"\n]*\"?|'[^'\n]*'?|.", re.DOTALL)

Place = Callable[[str, int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """How a message of Python's reads in C++; `{token}` is the token at the place."""

    python: re.Pattern[str]
    cpp: str
    place: Place


def as_cpp_says(error: ParseError, text: str) -> str:
    """`line:column: message` for a mistake in a text."""
    message = str(error)
    found = _offset(text, error.GetLine() or 1, error.GetColumn() or 1)
    for rule in _RULES:
        match = rule.python.search(message)
        if match:
            at = rule.place(text, found)
            token = _TOKEN.match(text, at)
            words = {"token": token.group() if token else "", **match.groupdict()}
            return f"{_position(text, at)}: {rule.cpp.format_map(words)}"
    return f"{_position(text, found)}: {message.rpartition(': ')[2]}"


def _here(_text: str, offset: int) -> int:
    return offset


def _next(text: str, offset: int) -> int:
    """Where the next token begins."""
    token = _TOKEN.match(text, offset)
    space = _SPACE.match(text, token.end() if token else offset)
    return space.end() if space else offset


def _colon(text: str, offset: int) -> int:
    """The colon before a value, where there is one."""
    before = text[:offset].rstrip()
    return len(before) - 1 if before.endswith(":") else offset


def _end(text: str, _offset: int) -> int:
    return len(text)


def _offset(text: str, line: int, column: int) -> int:
    lines = text.splitlines(keepends=True)
    return min(len(text), sum(map(len, lines[: line - 1])) + column - 1)


def _position(text: str, offset: int) -> str:
    line = text[:offset].rpartition("\n")[2]
    column = len(line.expandtabs(_TAB).encode("utf-8", "surrogateescape"))
    return f"{text.count(chr(10), 0, offset) + 1}:{column + 1}"


def _rule(python: str, cpp: str, place: Place = _here) -> _Rule:
    return _Rule(python=re.compile(python), cpp=cpp, place=place)


_RULES = (
    _rule(
        r'Message type "(?P<type>[^"]*)" has no field named "(?P<name>[^"]*)"',
        'Message type "{type}" has no field named "{name}".',
        _next,
    ),
    _rule(
        r'Message type "[^"]*" should not have multiple "(?P<name>[^"]*)" fields',
        'Non-repeated field "{name}" is specified multiple times.',
        _colon,
    ),
    _rule(
        r'Field "(?P<name>.*)" is specified along with field "(?P<other>.*)", another member of '
        r'oneof "(?P<oneof>[^"]*)"',
        'Field "{name}" is specified along with field "{other}", another member of oneof '
        '"{oneof}".',
        _next,
    ),
    _rule(r"Expected string but found", "Expected string, got: {token}"),
    _rule(r"Couldn't parse integer|Value out of range: -", "Expected integer, got: {token}"),
    _rule(r"Value out of range", "Integer out of range ({token})"),
    _rule(r'Expected "}"', "Expected identifier, got: {token}", _end),
    _rule(r'Expected "(?P<what>[^"])"', 'Expected "{what}", found "{token}".'),
    _rule(r"Expected identifier", "Expected identifier, got: {token}"),
)
