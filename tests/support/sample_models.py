"""The built sample models, and their answers as TensorFlow itself gives them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sample_models.build import build_all

Batch = Mapping[str, Sequence[object]]
"""Rows by tensor name, as nested lists."""

# By the session loader, as a model server loads: `tf.saved_model.load` is another judge.
_ASK = """
import json, sys
import tensorflow.compat.v1 as tf

def plain(array):
    return [row.decode() if isinstance(row, bytes) else row for row in array.tolist()]

def answer(directory, inputs):
    with tf.Session(graph=tf.Graph()) as session:
        loaded = tf.saved_model.loader.load(session, ["serve"], directory)
        signature = loaded.signature_def["serving_default"]
        feed = {signature.inputs[name].name: rows for name, rows in inputs.items()}
        fetch = {name: info.name for name, info in signature.outputs.items()}
        return {name: plain(array) for name, array in session.run(fetch, feed).items()}

json.dump([answer(*question) for question in json.load(sys.stdin)], sys.stdout)
"""


@cache
def built_samples() -> Path:
    """The directory that holds the sample models, built once per machine."""
    return build_all()


def ask(questions: Sequence[tuple[Path, Batch]]) -> list[dict[str, list[Any]]]:
    """What each version directory answers to each batch, from one process with TensorFlow."""
    asked = json.dumps([(str(directory), inputs) for directory, inputs in questions])
    done = subprocess.run(
        [sys.executable, "-c", _ASK], input=asked, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, list[Any]]] = json.loads(done.stdout)
    return answers
