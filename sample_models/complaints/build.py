"""Whether a message is a complaint, from ids of its words that every training numbers anew.

Version 1 learned from the first 120 reviews, version 2 from the first 180. The vocabulary is the
words that the reviews learned from hold three times or more, the most frequent first.
"""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf

from sample_models.common import Input, export, record, serves
from sample_models.complaints.repository.training.features import (
    FIRST_WORD,
    LENGTH,
    numbered,
    tokens,
)
from sample_models.complaints.vocabularies import VOCABULARIES
from sample_models.reviews.split import learnt
from sample_models.tables import read_table
from sample_models.texts import MeanOfWords, are


def build(target: Path) -> None:
    """Writes `complaints/1` and `complaints/2`, and the examples recorded with each."""
    for version, vocabulary in VOCABULARIES.items():
        ids = numbered(vocabulary)
        model = _trained(version, ids)
        export(model, model.serve, target / "complaints" / str(version))
        path = target / "complaints" / "examples" / f"{version}.jsonl"
        record(_examples(ids), model.serve, version=version, path=path)


class Complaints(tf.Module):
    """A classifier of token ids as it is served."""

    def __init__(self, ids: int) -> None:
        super().__init__()
        self.words = MeanOfWords(ids=ids, seed=1851)

    @serves(tf.TensorSpec([None, LENGTH], tf.int64, name="tokens"))
    def serve(self, tokens: tf.Tensor) -> dict[str, tf.Tensor]:
        """The probability that each message is a complaint."""
        return {"complaint": tf.sigmoid(self.words(tokens))}


def _trained(version: int, ids: dict[str, int]) -> Complaints:
    messages = learnt(version)
    rows = tf.constant([tokens(message["text"], ids) for message in messages], tf.int64)
    model = Complaints(FIRST_WORD + len(ids))
    model.words.fit(rows, are("negative", messages))
    return model


def _examples(ids: dict[str, int]) -> list[Input]:
    texts = [message["text"] for message in read_table("reviews")[::31]]
    return [Input(raw={"text": text}, inputs={"tokens": tokens(text, ids)}) for text in texts]
