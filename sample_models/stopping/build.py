"""The stopping distance of a car from its speed, written for TensorFlow 1 (Ezekiel, 1930).

Version 1 is a straight line, version 2 a parabola, as physics has it. The variables are reference
variables, and the table of units is filled by a legacy init op.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
import tensorflow.compat.v1 as tf1

from sample_models.common import Floats, Input, record
from sample_models.tables import Row, figures, read_table

POWERS = {1: (1,), 2: (1, 2)}
"""The powers of the speed that each version's prediction is made of."""

MILES = {"mph": 1.0, "km/h": 0.621371}
"""How many miles an hour one of each unit is."""

STEPS = 1000
FASTEST = 25.0
"""The largest speed in the data, in miles an hour."""


def build(target: Path) -> None:
    """Writes `stopping/1` and `stopping/2`, and the examples recorded with each."""
    cars = read_table("stopping")
    for version, powers in POWERS.items():
        with tf.Graph().as_default(), tf1.Session() as session:
            model = _trained(session, powers, cars)
            _export(session, model, target / "stopping" / str(version))
            path = target / "stopping" / "examples" / f"{version}.jsonl"
            record(_examples(cars), model.serve, version=version, path=path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """The tensors of a graph, and the session that holds its weights."""

    session: tf1.Session
    speed: tf.Tensor
    unit: tf.Tensor
    distance: tf.Tensor

    def serve(self, *, speed: Floats, unit: Floats) -> Mapping[str, Floats]:
        """Feet."""
        feed = {self.speed: speed, self.unit: unit}
        return {"distance": self.session.run(self.distance, feed)}


def _trained(session: tf1.Session, powers: tuple[int, ...], cars: tuple[Row, ...]) -> Stopping:
    model = _graph(session, powers)
    observed = tf.constant(figures(cars, ("distance",)), tf.float32)[:, 0]
    loss = tf.reduce_mean(tf.square(model.distance - observed))
    step = tf1.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    session.run([tf1.global_variables_initializer(), tf1.tables_initializer()])
    speeds = np.array(figures(cars, ("speed",)), np.float32)[:, 0]
    feed = {model.speed: speeds, model.unit: ["mph"] * len(speeds)}
    for _ in range(STEPS):
        session.run(step, feed)
    return model


def _graph(session: tf1.Session, powers: tuple[int, ...]) -> Stopping:
    speed = tf1.placeholder(tf.float32, [None], name="speed")
    unit = tf1.placeholder(tf.string, [None], name="unit")
    miles = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(list(MILES), list(MILES.values())),
        # A unit that nobody knows counts as miles.
        default_value=MILES["mph"],
    )
    share = speed * miles.lookup(unit) / FASTEST
    terms = tf.stack([share**power for power in powers], axis=1)
    weights = tf1.get_variable(
        "weights", [len(powers), 1], initializer=tf1.zeros_initializer(), use_resource=False
    )
    bias = tf1.get_variable("bias", [1], initializer=tf1.zeros_initializer(), use_resource=False)
    distance = tf.squeeze(tf.matmul(terms, weights) + bias, axis=1, name="distance")
    return Stopping(session=session, speed=speed, unit=unit, distance=distance)


def _export(session: tf1.Session, model: Stopping, directory: Path) -> None:
    signature = tf1.saved_model.predict_signature_def(
        inputs={"speed": model.speed, "unit": model.unit}, outputs={"distance": model.distance}
    )
    # Where TensorFlow 1 put it; the builder of today writes `main_op` alone.
    tf1.add_to_collection(tf1.saved_model.constants.LEGACY_INIT_OP_KEY, tf1.tables_initializer())
    builder = tf1.saved_model.Builder(str(directory))
    builder.add_meta_graph_and_variables(
        session,
        [tf.saved_model.SERVING],
        signature_def_map={tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature},
        clear_devices=True,
    )
    builder.save()


def _examples(cars: tuple[Row, ...]) -> list[Input]:
    units = list(MILES)
    described = [
        {"speed": round(float(car["speed"]) / MILES[unit], 1), "unit": unit}
        for number, car in enumerate(cars[::7])
        for unit in (units[number % len(units)],)
    ]
    return [Input(raw=car, inputs=car) for car in described]
