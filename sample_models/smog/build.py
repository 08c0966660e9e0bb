"""Ozone, and whether there is too much of it, from days that arrive as serialized `tf.Example`.

Version 1 learned from May to July, version 2 from the whole summer. Some days lack the solar
radiation, in the data and in requests: its mean takes the place.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog, PredictLog

from sample_models.common import Floats, Input, Perceptron, record, serves
from sample_models.tables import Row, figures, read_table, without_gaps

MEASURED = ("wind", "temperature")
SOMETIMES = "solar_radiation"
FEATURES = (*MEASURED, SOMETIMES)
LAST_MONTH = {1: 7, 2: 9}
"""The last month that each version has seen."""

DANGER = 85.0
"""Parts per billion from which the class is `danger`."""

CLASSES = ("well", "danger")
METHODS = {
    "classify": tf.saved_model.CLASSIFY_METHOD_NAME,
    "regress": tf.saved_model.REGRESS_METHOD_NAME,
}
"""The signatures that TF Serving's Classify and Regress answer with; the default is Predict's."""


WARM_UP = Path("assets.extra", "tf_serving_warmup_requests")
"""Where TF Serving looks for requests to answer before it serves a version."""


def build(target: Path) -> None:
    """Writes `smog/1` and `smog/2`, and the examples recorded with each."""
    days = without_gaps(read_table("airquality"), ("ozone", *MEASURED))
    for version, month in LAST_MONTH.items():
        model = _trained(tuple(day for day in days if int(day["month"]) <= month))
        directory = target / "smog" / str(version)
        _export(model, directory)
        _warm_up(_recorded(days), directory / WARM_UP)
        path = target / "smog" / "examples" / f"{version}.jsonl"
        record(_examples(days), model.predict, version=version, path=path)


def serialized(day: Row) -> bytes:
    """A day as clients send it: figures that nobody measured are left out."""
    features = {
        name: tf.train.Feature(float_list=tf.train.FloatList(value=[float(day[name])]))
        for name in FEATURES
        if day[name]
    }
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return bytes(example.SerializeToString(deterministic=True))


class Smog(tf.Module):
    """A regression behind the three kinds of signature that TF Serving knows."""

    def __init__(self, regression: Perceptron, usual_radiation: float) -> None:
        super().__init__()
        self._regression = regression
        required = {name: tf.io.FixedLenFeature([], tf.float32) for name in MEASURED}
        optional = tf.io.FixedLenFeature([], tf.float32, default_value=usual_radiation)
        self._features = required | {SOMETIMES: optional}
        self._classes = tf.constant(CLASSES)

    @serves(tf.TensorSpec([None], tf.string, name="examples"))
    def predict(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        """Ozone in parts per billion."""
        return {"ozone": self._ozone(examples)}

    @serves(tf.TensorSpec([None], tf.string, name="inputs"))
    def regress(self, inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        """The same, under the name that the Regress API demands."""
        return {"outputs": self._ozone(inputs)}

    @serves(tf.TensorSpec([None], tf.string, name="inputs"))
    def classify(self, inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        """How likely each of `CLASSES` is; a prediction errs by about 20 parts per billion."""
        danger = tf.sigmoid((self._ozone(inputs) - DANGER) / 20)
        rows = tf.size(inputs)
        return {
            "classes": tf.tile(self._classes[tf.newaxis], [rows, 1]),
            "scores": tf.stack([1 - danger, danger], axis=1),
        }

    def _ozone(self, examples: tf.Tensor) -> tf.Tensor:
        day = cast("dict[str, tf.Tensor]", tf.io.parse_example(examples, self._features))
        return self._regression(tf.stack([day[name] for name in FEATURES], axis=1))


def _export(model: Smog, directory: Path) -> None:
    signatures = {
        "serving_default": model.predict,
        "classify": model.classify,
        "regress": model.regress,
    }
    tf.saved_model.save(model, str(directory), signatures=signatures)
    # `save` knows Predict alone.
    methods = tf.compat.v1.saved_model.signature_def_utils.MethodNameUpdater(str(directory))
    for signature, method in METHODS.items():
        methods.replace_method_name(signature_key=signature, method_name=method)
    methods.save()


def _warm_up(days: tuple[Row, ...], path: Path) -> None:
    """Days for those signatures that examples cannot name: both take `inputs`."""
    path.parent.mkdir()
    with tf.io.TFRecordWriter(str(path)) as records:
        for signature in METHODS:
            request = PredictRequest(
                model_spec=ModelSpec(name="smog", signature_name=signature),
                inputs={"inputs": tf.make_tensor_proto([serialized(day) for day in days])},
            )
            log = PredictionLog(predict_log=PredictLog(request=request))
            records.write(log.SerializeToString(deterministic=True))


def _trained(days: tuple[Row, ...]) -> Smog:
    known = figures(without_gaps(days, (SOMETIMES,)), (SOMETIMES,))
    usual = round(float(np.mean(known)), 1)
    filled = tuple({**day, SOMETIMES: day[SOMETIMES] or str(usual)} for day in days)
    columns: Floats = np.array(figures(filled, FEATURES), np.float32)
    ozone: Floats = np.array(figures(filled, ("ozone",)), np.float32)[:, 0]
    regression = Perceptron(columns, ozone, hidden=8, seed=1952)
    regression.fit(columns, ozone, steps=400)
    return Smog(regression, usual)


def _examples(days: tuple[Row, ...]) -> list[Input]:
    return [Input(inputs={"examples": serialized(day)}) for day in _recorded(days)]


def _recorded(days: tuple[Row, ...]) -> tuple[Row, ...]:
    """Some days, and all those on which nobody measured the radiation."""
    return (*days[::9], *(day for day in days if not day[SOMETIMES]))
