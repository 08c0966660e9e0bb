"""`python -m benchmarks.serving`: single rows over many connections, and the session alone.

TensorFlow runs in this process, as in any training job; the server is a process of its own.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.serving.load import Load, put_under_load

ENTRYPOINT = Path(__file__).resolve().parents[2] / "entrypoint.py"
_SECONDS = 60.0
_MODEL = "line"
_WEIGHT, _BIAS = 0.5, 2.0


def main() -> int:
    """Measures; 1 when any request was lost or got another's answer, 0 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=32)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="servegate-bench-") as name:
        base_path = Path(name) / _MODEL
        _export(base_path / "1")
        with _server(base_path) as port:
            load = put_under_load(
                port,
                f"/v1/models/{_MODEL}:predict",
                lambda number: _WEIGHT * number + _BIAS,
                requests=given.requests,
                connections=given.connections,
            )
        alone = _session_rate(base_path / "1", given.requests)
    print(_told(load, alone, given.connections))  # noqa: T201 - a program's output
    return 1 if load.lost or load.mixed_up else 0


def _told(load: Load, alone: float, connections: int) -> str:
    return (
        f"{load.requests} requests over {connections} connections: {load.lost} lost, "
        f"{load.mixed_up} mixed up, {load.rate:.0f} a second.\n"
        f"The same session called directly: {alone:.0f} a second, "
        f"{alone / load.rate:.1f} times the server's rate."
    )


def _export(version: Path) -> None:
    import tensorflow as tf

    class Line(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 1), tf.float32)])  # type: ignore[untyped-decorator]
        def __call__(self, x: tf.Tensor) -> tf.Tensor:
            return x * _WEIGHT + _BIAS

    line = Line()
    tf.saved_model.save(line, str(version), signatures=line.__call__)


@contextmanager
def _server(base_path: Path) -> Iterator[int]:
    """The embedded server on a free port, once the model answers."""
    log = base_path.parent / "server.log"
    port = _free_port()
    with log.open("wb") as opened:
        process = subprocess.Popen(
            [
                *(sys.executable, str(ENTRYPOINT), "serve", f"--rest_api_port={port}", "--port=0"),
                *(f"--model_name={_MODEL}", f"--model_base_path={base_path}"),
            ],
            stdout=opened,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        _await(f"http://127.0.0.1:{port}/v1/models/{_MODEL}", process, log)
        yield port
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - http, our own
                if b"AVAILABLE" in answer.read():
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"The server does not answer:\n{log.read_text(errors='replace')}")


def _session_rate(version: Path, requests: int) -> float:
    """How often a second the model's session can be run with one row, from one thread."""
    import numpy as np
    import tensorflow as tf

    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        served = tf.compat.v1.saved_model.load(session, ["serve"], str(version))
        signature = served.signature_def["serving_default"]
        (given,), (answer,) = signature.inputs.values(), signature.outputs.values()
        run = session.make_callable(answer.name, feed_list=[given.name])
        rows = np.arange(requests, dtype=np.float32).reshape(-1, 1, 1)
        started = time.monotonic()
        for row in rows:
            run(row)
        return requests / (time.monotonic() - started)


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    raise SystemExit(main())
