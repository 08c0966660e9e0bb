"""Runs a team's preprocessing, to see whether its clients send what training makes.

This is on purpose not how the gate finds out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import PIPE, run
from typing import Any

import numpy as np

_PROGRAM = """
import importlib, json, sys
import numpy as np

request = json.load(sys.stdin)
sys.path[0] = request["repository"]

def plain(value):
    return np.asarray(value).tolist()

def made(name, raws):
    module, _, function = name.partition(":")
    call = getattr(importlib.import_module(module), function)
    return [{key: plain(value) for key, value in call(raw).items()} for raw in raws]

json.dump([made(name, request["raws"]) for name in request["callables"]], sys.stdout)
"""
_RELATIVE = 1e-4
_SECONDS = 60.0


def skewed(repository: Path, settings: Mapping[str, Any]) -> bool:
    """Whether the client's tensors of any raw example are not training's.

    `settings` is the model's entry in `servegate.yml`. Raises `CalledProcessError` for callables
    that fail.
    """
    lines = (repository / settings["examples"]).read_text("utf-8").splitlines()
    examples = [one for line in lines if "raw" in (one := json.loads(line))]
    raws = [one["raw"] for one in examples]
    callables = settings["preprocessing"]
    if "training" in callables:
        training, client = _made(repository, [callables["training"], callables["serving"]], raws)
    else:
        training = [one["inputs"] for one in examples]
        (client,) = _made(repository, [callables["serving"]], raws)
    return any(_differ(one, other) for one, other in zip(training, client, strict=True))


def _made(repository: Path, callables: list[str], raws: list[Any]) -> list[list[dict[str, Any]]]:
    request = {"repository": str(repository), "callables": callables, "raws": raws}
    done = run(
        [sys.executable, "-B", "-c", _PROGRAM],
        input=json.dumps(request),
        stdout=PIPE,
        text=True,
        timeout=_SECONDS,
        check=True,
    )
    made: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return made


def _differ(training: Mapping[str, Any], client: Mapping[str, Any]) -> bool:
    return any(
        name not in client or _apart(np.asarray(value), np.asarray(client[name]))
        for name, value in training.items()
    )


def _apart(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape:
        return True
    kinds = {one.dtype.kind, other.dtype.kind}
    if "f" not in kinds or not kinds <= set("iuf"):
        return not np.array_equal(one, other)
    size = float(np.abs(one).max(initial=0.0))
    return not np.allclose(one, other, rtol=0.0, atol=_RELATIVE * size, equal_nan=True)
