"""Whether a product review is positive, from the ids of its words.

Version 1 learned from the first 120 reviews, version 2 from the first 180. Nobody learned from
the rest: they say how good a version is.
"""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf

from sample_models.common import Input, export, record, serves
from sample_models.reviews.repository.training.features import LENGTH, VOCABULARY_SIZE, encode
from sample_models.reviews.split import LEARNT, VOCABULARY, learnt
from sample_models.tables import Row, read_table
from sample_models.texts import MeanOfWords, are


def build(target: Path) -> None:
    """Writes `reviews/1` and `reviews/2`, and the examples recorded with each."""
    for version in LEARNT:
        model = _trained(learnt(version))
        export(model, model.serve, target / "reviews" / str(version))
        path = target / "reviews" / "examples" / f"{version}.jsonl"
        record(_examples(read_table("reviews")), model.serve, version=version, path=path)


class Sentiment(tf.Module):
    """A classifier of token ids as it is served."""

    def __init__(self) -> None:
        super().__init__()
        self.words = MeanOfWords(ids=VOCABULARY_SIZE, seed=240)
        # Clients read it from here; the graph does not.
        self.vocabulary = tf.saved_model.Asset(str(VOCABULARY))

    @serves(tf.TensorSpec([None, LENGTH], tf.int64, name="tokens"))
    def serve(self, tokens: tf.Tensor) -> dict[str, tf.Tensor]:
        """The probability that each review is positive."""
        return {"positive": tf.sigmoid(self.words(tokens))}


def _trained(reviews: tuple[Row, ...]) -> Sentiment:
    tokens = tf.constant([_tokens(review) for review in reviews], tf.int64)
    model = Sentiment()
    model.words.fit(tokens, are("positive", reviews))
    return model


def _tokens(review: Row) -> list[int]:
    return encode({"text": review["text"]})["tokens"]


def _examples(reviews: tuple[Row, ...]) -> list[Input]:
    return [
        Input(raw={"text": review["text"]}, inputs={"tokens": _tokens(review)})
        for review in reviews[::31]
    ]
