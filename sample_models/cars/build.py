"""Fuel consumption of the cars of 1974 from weight, power, cylinders and transmission.

Version 1 is a linear regression, version 2 has a hidden layer.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from sample_models.common import Floats, Input, Perceptron, export, record, serves
from sample_models.tables import Row, figures, read_table

HIDDEN_UNITS = {1: 0, 2: 6}
"""The size of each version's hidden layer."""

TRANSMISSIONS = ("automatic", "manual")
"""What the source's column `am` means by 0 and 1."""


def build(target: Path) -> None:
    """Writes `cars/1` and `cars/2`, and the examples recorded with each."""
    cars = read_table("mtcars")
    for version, hidden in HIDDEN_UNITS.items():
        model = _trained(cars, hidden)
        export(model, model.serve, target / "cars" / str(version))
        path = target / "cars" / "examples" / f"{version}.jsonl"
        record(_examples(cars), model.serve, version=version, path=path)


class Consumption(tf.Module):
    """The regression as it is served, with the names of transmissions turned into a column."""

    def __init__(self, regression: Perceptron) -> None:
        super().__init__()
        self._regression = regression
        self._transmissions = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                list(TRANSMISSIONS), [float(code) for code in range(len(TRANSMISSIONS))]
            ),
            # A word that nobody knows counts as neither.
            default_value=0.5,
        )

    @serves(
        tf.TensorSpec([None], tf.float32, name="weight"),
        tf.TensorSpec([None], tf.float32, name="horsepower"),
        tf.TensorSpec([None], tf.int64, name="cylinders"),
        tf.TensorSpec([None], tf.string, name="transmission"),
    )
    def serve(
        self,
        weight: tf.Tensor,
        horsepower: tf.Tensor,
        cylinders: tf.Tensor,
        transmission: tf.Tensor,
    ) -> dict[str, tf.Tensor]:
        """Miles per gallon; the weight is in thousands of pounds."""
        columns = tf.stack(
            [
                weight,
                horsepower,
                tf.cast(cylinders, tf.float32),
                self._transmissions.lookup(transmission),
            ],
            axis=1,
        )
        return {"miles_per_gallon": self._regression(columns)}


def _trained(cars: tuple[Row, ...], hidden: int) -> Consumption:
    columns: Floats = np.array(figures(cars, ("wt", "hp", "cyl", "am")), np.float32)
    consumption: Floats = np.array(figures(cars, ("mpg",)), np.float32)[:, 0]
    regression = Perceptron(columns, consumption, hidden=hidden, seed=1974)
    regression.fit(columns, consumption, steps=400)
    return Consumption(regression)


def _examples(cars: tuple[Row, ...]) -> list[Input]:
    described = [_described(car) for car in cars[::4]]
    return [Input(raw=car, inputs=car) for car in described]


def _described(car: Row) -> dict[str, object]:
    return {
        "weight": float(car["wt"]),
        "horsepower": float(car["hp"]),
        "cylinders": int(car["cyl"]),
        "transmission": TRANSMISSIONS[int(car["am"])],
    }
