"""Next year's flow of the Nile by exponential smoothing (the data are Cobb's, 1978).

Every request moves the level that the next forecast starts from. Version 1 learned from the
first 50 years how far, version 2 from all 100.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from sample_models.common import Floats, Input, export, minimise, record, serves
from sample_models.tables import figures, read_table

YEARS = {1: 50, 2: 100}
"""How many years each version has seen, from 1871."""


def build(target: Path) -> None:
    """Writes `nile/1` and `nile/2`, and examples without answers."""
    flows: Floats = np.array(figures(read_table("nile"), ("flow",)), np.float32)[:, 0]
    for version, years in YEARS.items():
        model = _trained(flows[:years])
        export(model, model.serve, target / "nile" / str(version))
        path = target / "nile" / "examples" / f"{version}.jsonl"
        record(_examples(flows), None, version=version, path=path)


class Level(tf.Module):
    """The smoothed flow, and how much of each surprise moves it."""

    def __init__(self, start: float) -> None:
        super().__init__()
        self._odds = tf.Variable(tf.constant(0.0), name="odds")
        self._level = tf.Variable(tf.constant(start), trainable=False, name="level")

    def smoothed(self, flows: tf.Tensor) -> tf.Tensor:
        """The level after each of the flows, in their order."""
        share = tf.sigmoid(self._odds)
        levels: tf.Tensor = tf.scan(
            lambda level, flow: level + share * (flow - level), flows, self._level
        )
        return levels

    def fit(self, flows: Floats) -> None:
        """Least squares of the forecasts of one year ahead, in standard deviations."""
        years, spread = tf.constant(flows), float(flows.std())
        minimise(
            lambda: tf.reduce_mean(tf.square((self.smoothed(years)[:-1] - years[1:]) / spread)),
            self.trainable_variables,
            steps=60,
            rate=0.3,
        )

    @serves(tf.TensorSpec([None], tf.float32, name="flow"))
    def serve(self, flow: tf.Tensor) -> dict[str, tf.Tensor]:
        """The forecast after each flow; the last one is remembered."""
        levels = self.smoothed(flow)
        self._level.assign(tf.concat([self._level[tf.newaxis], levels], axis=0)[-1])
        return {"forecast": levels}


def _trained(flows: Floats) -> Level:
    model = Level(float(flows[0]))
    model.fit(flows)
    return model


def _examples(flows: Floats) -> list[Input]:
    return [Input(inputs={"flow": float(flow)}) for flow in flows[::12]]
