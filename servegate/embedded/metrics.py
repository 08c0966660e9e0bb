"""What the server counts and measures of itself, under the names of TF Serving's metrics.

Source: `util.cc` and `saved_model_warmup_util.cc` in `tensorflow_serving/servables/tensorflow/`,
`loader.cc` of TensorFlow's SavedModels, and TensorFlow's `monitoring::Counter` and `Sampler`. As
there, a metric belongs to the process, and a series of values begins with the first of them.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Labels = tuple[str, ...]


class Counter:
    """Sums by the values of its labels; safe to use from any thread."""

    def __init__(self, name: str, *labels: str) -> None:
        self.name = name
        self.labels = labels
        self._lock = threading.Lock()
        self._sums: dict[Labels, int] = {}

    def add(self, *labels: str, amount: int = 1) -> None:
        """Adds to the sum of these labels."""
        with self._lock:
            self._sums[labels] = self._sums.get(labels, 0) + amount

    def sums(self) -> Mapping[Labels, int]:
        """The sums, in the order of their labels."""
        with self._lock:
            return dict(sorted(self._sums.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """How many values were below each limit and not below the one before, and their sum.

    `counts` has one number more than there are limits: what is not below the last.
    """

    counts: tuple[int, ...]
    total: float


class Sampler:
    """Histograms by the values of its labels; safe to use from any thread."""

    def __init__(self, name: str, *labels: str, limits: Sequence[float]) -> None:
        self.name = name
        self.labels = labels
        self.limits = tuple(limits)
        self._lock = threading.Lock()
        self._samples: dict[Labels, Samples] = {}

    def add(self, *labels: str, value: float) -> None:
        """Adds a value to the histogram of these labels."""
        bucket = bisect_right(self.limits, value)
        with self._lock:
            before = self._samples.get(labels)
            counts = list(before.counts if before else [0] * (len(self.limits) + 1))
            counts[bucket] += 1
            total = (before.total if before else 0.0) + value
            self._samples[labels] = Samples(counts=tuple(counts), total=total)

    def samples(self) -> Mapping[Labels, Samples]:
        """The histograms, in the order of their labels."""
        with self._lock:
            return dict(sorted(self._samples.items()))


def _exponential(first: float, factor: float, count: int) -> list[float]:
    limits = [first]
    while len(limits) < count:
        limits.append(limits[-1] * factor)
    return limits


_MICROSECONDS = _exponential(10, 1.8, 33)  # up to some twenty minutes

LOAD_ATTEMPTS = Counter("/tensorflow/cc/saved_model/load_attempt_count", "model_path", "status")
LOAD_LATENCY = Counter("/tensorflow/cc/saved_model/load_latency", "model_path")
WARMUP_LATENCY = Sampler(
    "/tensorflow/serving/model_warmup_latency", "model_path", "status", limits=_MICROSECONDS
)
REQUESTS = Counter("/tensorflow/serving/request_count", "model_name", "status")
EXAMPLES = Counter("/tensorflow/serving/request_example_count_total", "model")
EXAMPLES_OF_A_REQUEST = Sampler(
    "/tensorflow/serving/request_example_counts", "model", limits=_exponential(1, 2, 15)
)
REQUEST_LATENCY = Sampler(
    "/tensorflow/serving/request_latency",
    "model_name",
    "API",
    "entrypoint",
    limits=_MICROSECONDS,
)
# Nobody logs requests, but the page names the metric all the same.
_LOGGED = Counter("/tensorflow/serving/request_log_count", "model_name", "status")
RUNTIME_LATENCY = Sampler(
    "/tensorflow/serving/runtime_latency",
    "model_name",
    "API",
    "runtime",
    limits=_MICROSECONDS,
)

METRICS: tuple[Counter | Sampler, ...] = (
    LOAD_ATTEMPTS,
    LOAD_LATENCY,
    WARMUP_LATENCY,
    REQUESTS,
    EXAMPLES,
    EXAMPLES_OF_A_REQUEST,
    REQUEST_LATENCY,
    _LOGGED,
    RUNTIME_LATENCY,
)
"""All of them, by name."""


def microseconds(started: float) -> int:
    """The time since a moment of `time.monotonic`."""
    return int((time.monotonic() - started) * 1e6)


def count_examples(model: str, count: int) -> None:
    """Notes a request of so many `tf.Example`s."""
    EXAMPLES.add(model, amount=count)
    EXAMPLES_OF_A_REQUEST.add(model, value=count)
