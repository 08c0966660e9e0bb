"""What the models of reviews share. Imports TensorFlow: only `train.py`'s process uses it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from sample_models.common import minimise, starting_weights
from sample_models.tables import Row

WIDTH = 8


class MeanOfWords(tf.Module):
    """The mean of the words' vectors, and a logistic regression on it.

    Words are ids from 1 up to `ids`, without it; any other id counts as padding.
    """

    def __init__(self, *, ids: int, seed: int) -> None:
        super().__init__()
        self._ids = ids
        random = np.random.default_rng(seed)
        self._vectors = tf.Variable(starting_weights(random, ids, WIDTH))
        self._weights = tf.Variable(starting_weights(random, WIDTH, 1))
        self._bias = tf.Variable(tf.zeros(1))

    def __call__(self, tokens: tf.Tensor) -> tf.Tensor:
        """The log-odds of each row of ids."""
        known = (tokens > 0) & (tokens < self._ids)
        vectors = tf.gather(self._vectors, tf.where(known, tokens, 0))
        present = tf.cast(known, tf.float32)[:, :, tf.newaxis]
        words = tf.maximum(tf.reduce_sum(present, axis=1), 1.0)
        mean = tf.reduce_sum(vectors * present, axis=1) / words
        return tf.squeeze(tf.matmul(mean, self._weights) + self._bias, axis=1)

    def fit(self, tokens: tf.Tensor, truth: Sequence[bool]) -> None:
        """Logistic regression on all rows at once."""
        target = np.array(truth, np.float32)
        minimise(
            lambda: tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(target, self(tokens))),
            self.trainable_variables,
            steps=400,
            rate=0.5,
        )


def are(sentiment: str, reviews: Sequence[Row]) -> list[bool]:
    """Which of the reviews are of this sentiment, `positive` or `negative`."""
    return [review["sentiment"] == sentiment for review in reviews]
