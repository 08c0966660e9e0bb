"""Names from models, made fit for a terminal and for JSON."""

from __future__ import annotations

import unicodedata

_CUT = "…"
# Control characters, formatting (also what turns the direction of text), surrogates, separators.
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def printable(text: str, limit: int | None = None) -> str:
    """`text` on one line with its invisible characters escaped, cut to `limit` characters."""
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + _CUT
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(one) if unicodedata.category(one) in _ESCAPED else one for one in text)


def encodable(text: str) -> str:
    """`text` with surrogates escaped: file names that are not UTF-8 cannot stand in JSON."""
    return text.encode("utf-8", "backslashreplace").decode()


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
