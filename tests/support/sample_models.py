"""The built sample models, and their answers as TensorFlow itself gives them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sample_models.build import build_all

Batch = Mapping[str, Sequence[object]]
"""Rows by tensor name, as nested lists; `{"b64": …}` is bytes."""


class Question(NamedTuple):
    """What to ask which signature of which version directory."""

    directory: Path
    inputs: Batch
    signature: str = "serving_default"


# By the session loader, as a model server loads: `tf.saved_model.load` is another judge.
_ASK = """
import base64, json, sys
import tensorflow.compat.v1 as tf

def plain(value):
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.decode() if isinstance(value, bytes) else value

def fed(rows):
    return [base64.b64decode(row["b64"]) if isinstance(row, dict) else row for row in rows]

def answer(directory, inputs, name):
    with tf.Session(graph=tf.Graph()) as session:
        loaded = tf.saved_model.loader.load(session, ["serve"], directory)
        signature = loaded.signature_def[name]
        feed = {signature.inputs[name].name: fed(rows) for name, rows in inputs.items()}
        fetch = {name: info.name for name, info in signature.outputs.items()}
        return {name: plain(array.tolist()) for name, array in session.run(fetch, feed).items()}

json.dump([answer(*question) for question in json.load(sys.stdin)], sys.stdout)
"""


@cache
def built_samples() -> Path:
    """The directory that holds the sample models, built once per machine."""
    return build_all()


def ask(questions: Sequence[Question]) -> list[dict[str, list[Any]]]:
    """The answer to each question, from one process with TensorFlow."""
    asked = json.dumps([(str(one.directory), one.inputs, one.signature) for one in questions])
    done = subprocess.run(
        [sys.executable, "-c", _ASK], input=asked, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, list[Any]]] = json.loads(done.stdout)
    return answers
