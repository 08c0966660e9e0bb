"""The request for one message. The help desk has a copy of the vocabulary."""

from pathlib import Path

from training.features import numbered, tokens  # type: ignore[import-not-found]

_IDS = numbered(Path(__file__).with_name("vocabulary.txt"))


def build(raw: dict[str, str]) -> dict[str, list[int]]:
    """The inputs of one message."""
    return {"tokens": tokens(raw["text"], _IDS)}
