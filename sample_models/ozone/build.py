"""Ozone in the air of New York from the day's weather, after five months of 1973.

Version 1 learned from May to July, version 2 from the whole summer.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from sample_models.common import Floats, Input, Perceptron, export, record, serves
from sample_models.ozone.repository.training.features import FEATURES, encode
from sample_models.tables import Row, figures, read_table, without_gaps

LAST_MONTH = {1: 7, 2: 9}
"""The last month that each version has seen."""


def build(target: Path) -> None:
    """Writes `ozone/1` and `ozone/2`, and the examples recorded with each."""
    days = without_gaps(read_table("airquality"), ("ozone", *FEATURES))
    for version, month in LAST_MONTH.items():
        seen = tuple(day for day in days if int(day["month"]) <= month)
        model = _trained(seen)
        export(model, model.serve, target / "ozone" / str(version))
        path = target / "ozone" / "examples" / f"{version}.jsonl"
        record(_examples(days), model.serve, version=version, path=path)


class Ozone(tf.Module):
    """A regression as it is served."""

    def __init__(self, regression: Perceptron) -> None:
        super().__init__()
        self._regression = regression

    @serves(tf.TensorSpec([None, len(FEATURES)], tf.float32, name="features"))
    def serve(self, features: tf.Tensor) -> dict[str, tf.Tensor]:
        """Ozone in parts per billion, from `FEATURES` in that order."""
        return {"ozone": self._regression(features)}


def _trained(days: tuple[Row, ...]) -> Ozone:
    features: Floats = np.array(figures(days, FEATURES), np.float32)
    ozone: Floats = np.array(figures(days, ("ozone",)), np.float32)[:, 0]
    regression = Perceptron(features, ozone, hidden=8, seed=1973)
    regression.fit(features, ozone, steps=400)
    return Ozone(regression)


def _examples(days: tuple[Row, ...]) -> list[Input]:
    raws = [{name: float(day[name]) for name in FEATURES} for day in days[::14]]
    return [Input(raw=raw, inputs=encode(raw)) for raw in raws]
