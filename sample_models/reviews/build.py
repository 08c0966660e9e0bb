"""Whether a product review is positive, from the ids of its words.

Version 1 learned from the first 120 reviews, version 2 from the first 180. Nobody learned from
the rest: they say how good a version is.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from sample_models.common import Input, export, minimise, record, serves, starting_weights
from sample_models.reviews.repository.training.features import LENGTH, VOCABULARY_SIZE, encode
from sample_models.reviews.split import LEARNT, VOCABULARY, learnt
from sample_models.tables import Row, read_table

WIDTH = 8


def build(target: Path) -> None:
    """Writes `reviews/1` and `reviews/2`, and the examples recorded with each."""
    for version in LEARNT:
        model = _trained(learnt(version))
        export(model, model.serve, target / "reviews" / str(version))
        path = target / "reviews" / "examples" / f"{version}.jsonl"
        record(_examples(read_table("reviews")), model.serve, version=version, path=path)


class Sentiment(tf.Module):
    """The mean of the words' vectors, and a logistic regression on it."""

    def __init__(self) -> None:
        super().__init__()
        random = np.random.default_rng(240)
        self._vectors = tf.Variable(starting_weights(random, VOCABULARY_SIZE, WIDTH))
        self._weights = tf.Variable(starting_weights(random, WIDTH, 1))
        self._bias = tf.Variable(tf.zeros(1))
        # Clients read it from here; the graph does not.
        self.vocabulary = tf.saved_model.Asset(str(VOCABULARY))

    def logits(self, tokens: tf.Tensor) -> tf.Tensor:
        """How positive each review is; ids beyond the vocabulary count as padding."""
        known = (tokens > 0) & (tokens < VOCABULARY_SIZE)
        vectors = tf.gather(self._vectors, tf.where(known, tokens, 0))
        present = tf.cast(known, tf.float32)[:, :, tf.newaxis]
        words = tf.maximum(tf.reduce_sum(present, axis=1), 1.0)
        mean = tf.reduce_sum(vectors * present, axis=1) / words
        return tf.squeeze(tf.matmul(mean, self._weights) + self._bias, axis=1)

    @serves(tf.TensorSpec([None, LENGTH], tf.int64, name="tokens"))
    def serve(self, tokens: tf.Tensor) -> dict[str, tf.Tensor]:
        """The probability that each review is positive."""
        return {"positive": tf.sigmoid(self.logits(tokens))}


def _trained(reviews: tuple[Row, ...]) -> Sentiment:
    tokens = tf.constant([_tokens(review) for review in reviews], tf.int64)
    positive = np.array([review["sentiment"] == "positive" for review in reviews], np.float32)
    model = Sentiment()
    minimise(
        lambda: tf.reduce_mean(
            tf.nn.sigmoid_cross_entropy_with_logits(positive, model.logits(tokens))
        ),
        model.trainable_variables,
        steps=400,
        rate=0.5,
    )
    return model


def _tokens(review: Row) -> list[int]:
    return encode({"text": review["text"]})["tokens"]


def _examples(reviews: tuple[Row, ...]) -> list[Input]:
    return [
        Input(raw={"text": review["text"]}, inputs={"tokens": _tokens(review)})
        for review in reviews[::31]
    ]
