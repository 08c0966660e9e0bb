"""Whether a review is positive, from its text: the preprocessing is part of the graph.

Version 1 learned from the first 120 reviews, version 2 from the first 180. Version 2 exists twice,
with the same weights: the healthy one, and one that was packed before its vocabulary was written.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import tensorflow as tf

from sample_models.common import Input, export, record, serves
from sample_models.reviews.split import LEARNT, VOCABULARY, learnt
from sample_models.tables import Row, read_table
from sample_models.texts import MeanOfWords, are

PLACEHOLDER = "[UNK]\n"
"""What a vocabulary file holds before there are words. One of no line at all would not load."""


def build(target: Path) -> None:
    """Writes `opinions/1` and `opinions/2` with recorded examples, and `opinions-empty/2`."""
    for version in LEARNT:
        model = _trained(learnt(version))
        export(model, model.serve, target / "opinions" / str(version))
        path = target / "opinions" / "examples" / f"{version}.jsonl"
        record(_examples(), model.serve, version=version, path=path)
    empty = target / "opinions-empty" / str(version)
    shutil.copytree(target / "opinions" / str(version), empty)
    (empty / "assets" / VOCABULARY.name).write_text(PLACEHOLDER, encoding="utf-8")


class Opinion(tf.Module):
    """A classifier of texts as it is served."""

    def __init__(self) -> None:
        super().__init__()
        self._ids = tf.lookup.StaticVocabularyTable(
            tf.lookup.TextFileInitializer(
                str(VOCABULARY),
                tf.string,
                tf.lookup.TextFileIndex.WHOLE_LINE,
                tf.int64,
                tf.lookup.TextFileIndex.LINE_NUMBER,
            ),
            num_oov_buckets=1,
        )
        # One for padding beside the words and the bucket of those that nobody knows.
        self.words = MeanOfWords(ids=1 + int(self._ids.size()), seed=1843)

    def tokens(self, text: tf.Tensor) -> tf.Tensor:
        """The ids of the words of each text, from 1, padded with 0."""
        letters = tf.strings.regex_replace(tf.strings.lower(text), "[^a-z']+", " ")
        ids = self._ids.lookup(tf.strings.split(letters)) + 1
        padded: tf.Tensor = ids.to_tensor()
        return padded

    @serves(tf.TensorSpec([None], tf.string, name="text"))
    def serve(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """The probability that each review is positive."""
        return {"positive": tf.sigmoid(self.words(self.tokens(text)))}


def _trained(reviews: tuple[Row, ...]) -> Opinion:
    model = Opinion()
    tokens = model.tokens(tf.constant([review["text"] for review in reviews]))
    model.words.fit(tokens, are("positive", reviews))
    return model


def _examples() -> list[Input]:
    texts = [{"text": review["text"]} for review in read_table("reviews")[::31]]
    return [Input(raw=text, inputs=text) for text in texts]
