"""Token ids of a review. Needs nothing but the standard library."""

import re
from pathlib import Path

LENGTH = 16
PADDING = 0
UNKNOWN = 1
FIRST_WORD = 2

_WORDS = Path(__file__).with_name("vocabulary.txt").read_text(encoding="utf-8").split()
_IDS = {word: number for number, word in enumerate(_WORDS, start=FIRST_WORD)}
VOCABULARY_SIZE = FIRST_WORD + len(_WORDS)


def tokenise(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return re.findall(r"[a-z']+", text.lower())


def encode(raw: dict[str, str]) -> dict[str, list[int]]:
    """The first LENGTH words of a review as ids, padded on the right."""
    ids = [_IDS.get(word, UNKNOWN) for word in tokenise(raw["text"])][:LENGTH]
    return {"tokens": ids + [PADDING] * (LENGTH - len(ids))}
