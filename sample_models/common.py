"""What the models' build scripts share. Imports TensorFlow: only `train.py`'s process uses it.

Everything is repeatable: weights start from a seeded generator, every step uses all rows, and
TensorFlow computes on one thread, so one machine builds the same bytes of weights each time.
"""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import tensorflow as tf

Floats = npt.NDArray[np.float32]
Signature = Callable[..., Mapping[str, tf.Tensor]]
"""A `tf.function` with named inputs and outputs, all with a batch axis."""

Answering = Callable[..., Mapping[str, npt.ArrayLike]]
"""A signature, or what answers like one with arrays."""

Function = TypeVar("Function", bound=Callable[..., object])

MOMENTUM = 0.9


def serves(*inputs: tf.TensorSpec) -> Callable[[Function], Function]:
    """`tf.function` for these named inputs, as a decorator that keeps the function's type."""
    return cast("Callable[[Function], Function]", tf.function(input_signature=inputs))


class Perceptron(tf.Module):
    """Standardised columns, one hidden layer of rectifiers, one number for each row.

    With no hidden units it is a linear regression.
    """

    def __init__(self, columns: Floats, target: Floats, *, hidden: int, seed: int) -> None:
        super().__init__()
        self._mean = tf.constant(columns.mean(axis=0))
        self._scale = tf.constant(columns.std(axis=0))
        self._level = tf.constant(target.mean())
        self._spread = tf.constant(target.std())
        sizes = [columns.shape[1], hidden, 1] if hidden else [columns.shape[1], 1]
        random = np.random.default_rng(seed)
        self._layers = [
            (tf.Variable(starting_weights(random, rows, width)), tf.Variable(tf.zeros(width)))
            for rows, width in itertools.pairwise(sizes)
        ]

    def __call__(self, columns: tf.Tensor) -> tf.Tensor:
        """The prediction for each row, in the unit of the target."""
        *hidden, (weights, bias) = self._layers
        values = (columns - self._mean) / self._scale
        for inner_weights, inner_bias in hidden:
            values = tf.nn.relu(tf.matmul(values, inner_weights) + inner_bias)
        values = tf.matmul(values, weights) + bias
        return tf.squeeze(values, axis=1) * self._spread + self._level

    def fit(self, columns: Floats, target: Floats, *, steps: int) -> None:
        """Least squares, on errors in standard deviations of the target."""
        rows = tf.constant(columns)
        minimise(
            lambda: tf.reduce_mean(tf.square((self(rows) - target) / self._spread)),
            self.trainable_variables,
            steps=steps,
            rate=0.02,
        )


def starting_weights(random: np.random.Generator, rows: int, width: int) -> tf.Tensor:
    """Random weights of a scale that keeps a layer's outputs near its inputs' (Glorot)."""
    weights = random.standard_normal((rows, width)) * np.sqrt(2 / (rows + width))
    return tf.constant(weights, tf.float32)


def minimise(
    loss: Callable[[], tf.Tensor],
    variables: Sequence[tf.Variable],
    *,
    steps: int,
    rate: float,
) -> None:
    """Gradient descent with momentum on all rows at once."""
    velocities = [tf.Variable(tf.zeros_like(variable)) for variable in variables]

    @serves()
    def step() -> None:
        with tf.GradientTape() as tape:
            value = loss()
        gradients = tape.gradient(value, variables)
        for variable, velocity, gradient in zip(variables, velocities, gradients, strict=True):
            velocity.assign(MOMENTUM * velocity - rate * tf.convert_to_tensor(gradient))
            variable.assign_add(velocity)

    for _ in range(steps):
        step()


def export(module: tf.Module, serve: Signature, directory: Path) -> None:
    """Writes a version directory whose default signature is `serve`."""
    tf.saved_model.save(module, str(directory), signatures={"serving_default": serve})


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One example as a team records it: `inputs` for one example, without a batch axis.

    `bytes` among the inputs are recorded as base64.
    """

    inputs: Mapping[str, object]
    raw: object = None


def record(examples: Sequence[Input], serve: Answering | None, *, version: int, path: Path) -> None:
    """Writes `examples.jsonl` with the answers of this version, each asked alone.

    Without `serve` there are no answers in it: those of a model that remembers mean nothing to
    anybody else.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(_entry(example, serve, version)) for example in examples]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _entry(example: Input, serve: Answering | None, version: int) -> dict[str, object]:
    entry: dict[str, object] = {} if example.raw is None else {"raw": example.raw}
    entry["inputs"] = {name: _written(value) for name, value in example.inputs.items()}
    if serve is not None:
        batch = {name: _batch_of_one(value) for name, value in example.inputs.items()}
        answers = {name: np.asarray(answer)[0] for name, answer in serve(**batch).items()}
        entry["outputs"] = {name: _plain(answer) for name, answer in answers.items()}
    return entry | {"for_version": str(version)}


def _written(value: object) -> object:
    """Bytes as TF Serving's REST API takes them, anything else as it is."""
    return {"b64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _batch_of_one(value: object) -> npt.NDArray[Any]:
    if isinstance(value, bytes | str):
        return np.array([value], object)
    return np.array([value], np.float32 if np.asarray(value).dtype == np.float64 else None)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode()
    return np.asarray(value).tolist()
