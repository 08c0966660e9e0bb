"""The timber of a black cherry tree from its girth and height (Ryan, Joiner and Ryan, 1976).

Version 1 learned from every second tree, version 2 from all. Version 2 exists twice: the healthy
one, and one whose author rewrote the list of features and forgot the height.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from sample_models.common import Floats, Input, Perceptron, export, record, serves
from sample_models.tables import Row, figures, read_table

FEATURES = ("girth", "height")
FORGETFUL = ("girth",)
EVERY = {1: 2, 2: 1}
"""Version 1 is trained on every second tree, version 2 on every tree."""


def build(target: Path) -> None:
    """Writes `trees/1` and `trees/2` with recorded examples, and `trees-forgotten/2`."""
    trees = read_table("trees")
    for version, every in EVERY.items():
        model = _trained(trees[::every], FEATURES)
        export(model, model.serve, target / "trees" / str(version))
        path = target / "trees" / "examples" / f"{version}.jsonl"
        record(_examples(trees), model.serve, version=version, path=path)
    forgetful = _trained(trees, FORGETFUL)
    export(forgetful, forgetful.serve, target / "trees-forgotten" / str(version))


class Timber(tf.Module):
    """A regression as it is served: clients send all `FEATURES`, it reads those it was given."""

    def __init__(self, regression: Perceptron, features: tuple[str, ...]) -> None:
        super().__init__()
        self._regression = regression
        self._features = features

    @serves(
        tf.TensorSpec([None], tf.float32, name="girth"),
        tf.TensorSpec([None], tf.float32, name="height"),
    )
    def serve(self, girth: tf.Tensor, height: tf.Tensor) -> dict[str, tf.Tensor]:
        """Cubic feet."""
        sent = dict(zip(FEATURES, (girth, height), strict=True))
        columns = tf.stack([sent[name] for name in self._features], axis=1)
        return {"volume": self._regression(columns)}


def _trained(trees: tuple[Row, ...], features: tuple[str, ...]) -> Timber:
    columns: Floats = np.array(figures(trees, features), np.float32)
    volume: Floats = np.array(figures(trees, ("volume",)), np.float32)[:, 0]
    regression = Perceptron(columns, volume, hidden=4, seed=1976)
    regression.fit(columns, volume, steps=400)
    return Timber(regression, features)


def _examples(trees: tuple[Row, ...]) -> list[Input]:
    measured = [{name: float(tree[name]) for name in FEATURES} for tree in trees[::4]]
    return [Input(raw=tree, inputs=tree) for tree in measured]
