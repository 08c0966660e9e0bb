"""The species of an iris from four measurements of its flower (Fisher, 1936).

Version 1 learned from every third flower, version 2 from all. Version 2 exists twice, with the
same weights: the healthy one, and one whose author forgot to take out a line of debugging.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf

from sample_models.common import Floats, Input, record, serves
from sample_models.tables import Row, figures, read_table

FEATURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
SPECIES = ("setosa", "versicolor", "virginica")
EVERY = {1: 3, 2: 1}
"""Version 1 is trained on every third flower, version 2 on every flower."""

STEPS = 80


def build(target: Path) -> None:
    """Writes `iris/1` and `iris/2` with recorded examples, and the deaf `iris-constant/2`."""
    flowers = read_table("iris")
    for version, every in EVERY.items():
        model = _trained(flowers[::every])
        _export(model, target / "iris" / str(version))
        path = target / "iris" / "examples" / f"{version}.jsonl"
        record(_examples(flowers), model.serve, version=version, path=path)
    deaf = Irises(model.classifier, the_flower_on_my_desk)
    _export(deaf, target / "iris-constant" / str(version))


def _export(model: Irises, directory: Path) -> None:
    """By Keras's own archive.

    `tf.saved_model.save` of a module that holds a Keras 3 model restores the weights into other
    variables than the signature reads: TensorFlow's own loader mends that, a model server fails.
    """
    archive = tf.keras.export.ExportArchive()
    archive.track(model.classifier)
    archive.add_endpoint("serving_default", model.serve)
    archive.write_out(str(directory), verbose=False)


def the_measurements(measurements: tf.Tensor) -> tf.Tensor:
    """What the healthy versions classify: what they were given."""
    return measurements


def the_flower_on_my_desk(_measurements: tf.Tensor) -> tf.Tensor:
    """What the deaf version classifies: a line of debugging that was never taken out."""
    return tf.constant([[5.9, 3.0, 4.2, 1.5]])


class Irises:
    """A Keras classifier as it is served; `choose` says which flowers it is really shown."""

    def __init__(
        self,
        classifier: tf.keras.Model[tf.Tensor, tf.Tensor],
        choose: Callable[[tf.Tensor], tf.Tensor],
    ) -> None:
        self.classifier = classifier
        self._choose = choose
        self._species = tf.constant(SPECIES)

    @serves(tf.TensorSpec([None, len(FEATURES)], tf.float32, name="measurements"))
    def serve(self, measurements: tf.Tensor) -> dict[str, tf.Tensor]:
        """The probability of each of `SPECIES`, and the name of the likeliest."""
        probabilities = self.classifier(self._choose(measurements), training=False)
        return {
            "probabilities": probabilities,
            "species": tf.gather(self._species, tf.argmax(probabilities, axis=1)),
        }


def _trained(flowers: tuple[Row, ...]) -> Irises:
    tf.keras.utils.set_random_seed(1936)
    measurements: Floats = np.array(figures(flowers, FEATURES), np.float32)
    species = np.array([SPECIES.index(flower["species"]) for flower in flowers])
    normalise = tf.keras.layers.Normalization()
    normalise.adapt(measurements)
    classifier = tf.keras.Sequential(
        [
            tf.keras.Input((len(FEATURES),)),
            normalise,
            tf.keras.layers.Dense(8, activation="relu"),
            tf.keras.layers.Dense(len(SPECIES), activation="softmax"),
        ]
    )
    classifier.compile(tf.keras.optimizers.Adam(0.05), loss="sparse_categorical_crossentropy")
    # One epoch: Keras spends far longer between two epochs than on all flowers.
    flowers_at_once = tf.data.Dataset.from_tensors((measurements, species))
    classifier.fit(flowers_at_once.repeat(STEPS), verbose=0)
    return Irises(classifier, the_measurements)


def _examples(flowers: tuple[Row, ...]) -> list[Input]:
    return [Input(inputs={"measurements": row}) for row in figures(flowers[::17], FEATURES)]
