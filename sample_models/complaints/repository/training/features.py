"""Token ids of a message. Needs nothing but the standard library."""

import re
from pathlib import Path

LENGTH = 16
PADDING = 0
UNKNOWN = 1
FIRST_WORD = 2


def numbered(vocabulary: Path) -> dict[str, int]:
    """The id of each word of a file with one word a line."""
    words = vocabulary.read_text(encoding="utf-8").split()
    return {word: number for number, word in enumerate(words, start=FIRST_WORD)}


def tokens(text: str, ids: dict[str, int]) -> list[int]:
    """The first LENGTH words of a text as ids, padded on the right."""
    words = re.findall(r"[a-z']+", text.lower())[:LENGTH]
    return [ids.get(word, UNKNOWN) for word in words] + [PADDING] * (LENGTH - len(words))


def encode(raw: dict[str, str]) -> dict[str, list[int]]:
    """What the model is trained on, numbered by the vocabulary beside this file."""
    return {"tokens": tokens(raw["text"], _IDS)}


_IDS = numbered(Path(__file__).with_name("vocabulary.txt"))
