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

_ASK = """
import json, sys
import tensorflow as tf

def plain(tensor):
    rows = tensor.numpy().tolist()
    return [row.decode() if isinstance(row, bytes) else row for row in rows]

def answer(directory, inputs):
    serve = tf.saved_model.load(directory).signatures["serving_default"]
    specs = serve.structured_input_signature[1]
    tensors = {name: tf.constant(rows, specs[name].dtype) for name, rows in inputs.items()}
    return {name: plain(tensor) for name, tensor in serve(**tensors).items()}

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
