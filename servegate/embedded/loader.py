"""What happens to one version while it is loaded.

Source: `saved_model_bundle_source_adapter.cc`, `saved_model_bundle_factory.cc` and `util.cc` in
`tensorflow_serving/servables/tensorflow/`.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from servegate.embedded import log, metrics
from servegate.embedded.batching import BatchingSession
from servegate.embedded.options import Loading
from servegate.embedded.predict import Terms
from servegate.embedded.session import DirectSession, Session, load_session
from servegate.embedded.status import Code, StatusError, from_os_error
from servegate.embedded.warmup import replay_warmup

_MEMORY_TENTHS = 12  # kResourceEstimateRAMMultiplier


def estimate_memory(directory: Path) -> int:
    """The bytes of memory that TF Serving reckons with for a version. Raises `StatusError`.

    The number has no consequences there, but what cannot be listed fails here, before the
    loader sees it.
    """
    # In whole numbers, since a product of floats may fall below the product.
    return _size(directory) * _MEMORY_TENTHS // 10


def _size(directory: Path) -> int:
    """The bytes of all files below a directory."""
    if not os.access(directory, os.F_OK):
        raise StatusError(Code.NOT_FOUND, f"{directory} not found")
    try:
        children = list(directory.iterdir())
        return sum(_size(one) if one.is_dir() else one.stat().st_size for one in children)
    except OSError as error:
        raise from_os_error(str(error.filename or directory), error) from error


def load(directory: Path, options: Loading) -> Session:
    """Loads a version and warms it up. Raises `StatusError`."""
    if not any((directory / f"saved_model.{ending}").exists() for ending in ("pb", "pbtxt")):
        raise StatusError(
            Code.NOT_FOUND,
            "Specified file path does not appear to contain a SavedModel bundle (should have a "
            f"file called `saved_model.pb`)\nSpecified file path: {directory}",
        )
    direct = _loaded(directory, options)
    try:
        session = _batched(direct, directory, options)
        if options.warmup:
            terms = Terms(method_name_check=options.method_name_check)
            replay_warmup(session, directory, terms, iterations=options.warmup_iterations)
    except StatusError:
        direct.close()
        raise
    return session


def _loaded(directory: Path, options: Loading) -> DirectSession:
    started, outcome = time.monotonic(), "fail"
    try:
        session = load_session(directory, options.session)
        outcome = "success"
        return session
    finally:
        metrics.LOAD_ATTEMPTS.add(str(directory), outcome)
        metrics.LOAD_LATENCY.add(str(directory), amount=metrics.microseconds(started))


def _batched(session: Session, directory: Path, options: Loading) -> Session:
    parameters = options.batching.of_version(directory) if options.batching else None
    if parameters is None:
        return session
    log.info(log.BUNDLE_FACTORY, 104, "Wrapping session to perform batch processing")
    return BatchingSession(session, parameters)
