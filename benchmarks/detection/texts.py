"""A client of its own for the team whose texts become token ids."""

from __future__ import annotations

from benchmarks.detection import teams
from benchmarks.detection.change import Change
from benchmarks.detection.fit import DoesNotFit

VOCABULARY = "training/vocabulary.txt"
_CLIENT = '''"""The request for one text, without training's code."""

import hashlib
import re
import unicodedata
from pathlib import Path

LENGTH, PADDING, UNKNOWN, FIRST = 16, 0, 1, 2
KNOWN = (Path(__file__).parents[1] / {vocabulary!r}).read_text("utf-8").split()


def build(raw):
    text = raw["text"]
    ids = [number(word) for word in {words}]
    return {{"tokens": {tokens}}}


def number(word):
    return {number}
'''
_WORDS_OF = r"re.findall(r'[a-z\']+', text.lower())"
_NUMBER = "KNOWN.index(word) + FIRST if word in KNOWN else UNKNOWN"
_FITTED = "(ids + [PADDING] * LENGTH)[:LENGTH]"
_SHORT = {"text": "Fine."}
_LONG = {"text": "the kettle was quiet and the shoes were bad " * 4}
_ACCENT = {"text": "The cafe\u0301 kettle was not fine."}


def own_client(
    change: Change,
    *,
    words: str = _WORDS_OF,
    number: str = _NUMBER,
    tokens: str = _FITTED,
    vocabulary: str = VOCABULARY,
) -> None:
    """Gives the team a client with its own code, which does as training does by default.

    `words` is an expression for the words of `text`, `number` one for a `word`, `tokens` one for
    what `ids` become; `vocabulary` is a file of the repository. Adds a short text to the
    examples, a long one, and one with an accent. Raises `DoesNotFit` for other teams.
    """
    file = change.callable_file("serving")
    lines = teams.examples(change.head, change)
    if any("text" not in (one.get("raw") or {}) for one in lines):
        raise DoesNotFit("its examples are no texts")
    file.write_text(
        _CLIENT.format(words=words, number=number, tokens=tokens, vocabulary=vocabulary), "utf-8"
    )
    texts = [{"raw": raw} for raw in (_SHORT, _LONG, _ACCENT)]
    named = change.model_settings()["examples"]
    teams.write_examples(change.head, [*lines, *texts], named)
