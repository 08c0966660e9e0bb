"""The vocabulary of each version. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent

VOCABULARIES = {
    1: _HERE / "repository" / "training" / "vocabulary.txt",
    2: _HERE / "renumbered" / "training" / "vocabulary.txt",
}
"""By which file each version's training numbered its words."""

MENTIONS = 3
"""How often the reviews that a version was trained on hold a word of its vocabulary, at least."""
