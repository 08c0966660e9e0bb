"""Which reviews each version was trained on. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path

from sample_models.tables import Row, read_table

LEARNT = {1: 120, 2: 180}
"""How many reviews each version was trained on, from the start of the table."""

VOCABULARY = Path(__file__).parent / "repository" / "training" / "vocabulary.txt"


def learnt(version: int) -> tuple[Row, ...]:
    """The reviews that this version was trained on."""
    return read_table("reviews")[: LEARNT[version]]


def unseen() -> tuple[Row, ...]:
    """The reviews that no version was trained on: they say how good a version is."""
    return read_table("reviews")[max(LEARNT.values()) :]
