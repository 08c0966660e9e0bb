"""The request for one review."""

from training.features import encode  # type: ignore[import-not-found]


def build(raw: dict[str, str]) -> dict[str, list[int]]:
    """The inputs of one review, prepared as they are for training."""
    inputs: dict[str, list[int]] = encode({"text": raw["text"].strip()})
    return inputs
