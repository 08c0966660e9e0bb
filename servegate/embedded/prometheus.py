"""The page of metrics for Prometheus (`--monitoring_config_file`).

Source: `prometheus_exporter.cc` and `ProcessPrometheusRequest` in `http_server.cc`. The page holds
the metrics that this server has (`metrics.py`); TensorFlow's own have no way out of its library.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any

from google.protobuf.message import Message

from servegate.embedded.made_messages import message_class
from servegate.embedded.metrics import METRICS, Counter, Labels, Sampler
from servegate.embedded.textproto import read_text_proto

_DEFAULT_PATH = "/monitoring/prometheus/metrics"
_FILE = "tensorflow_serving/config/monitoring_config.proto"
_MESSAGES = {
    "PrometheusConfig": {"enable": "bool", "path": "string"},
    "MonitoringConfig": {"prometheus_config": "PrometheusConfig"},
}


def metrics_path(file: str) -> str | None:
    """The path of the page by a configuration file, None without one or where it is switched off.

    Raises `StatusError` where the file is none.
    """
    if not file:
        return None
    config: Any = read_text_proto(file, _message_class())
    page = config.prometheus_config
    return (page.path or _DEFAULT_PATH) if page.enable else None


def metrics_page() -> str:
    """What has been counted and measured so far."""
    lines = (line for metric in METRICS for line in _lines(metric))
    return "\n".join(lines) + "\n"


def _lines(metric: Counter | Sampler) -> Iterator[str]:
    name = metric.name.replace("/", ":")
    if isinstance(metric, Counter):
        yield f"# TYPE {name} counter"
        for values, total in metric.sums().items():
            yield f"{name}{{{_labelled(metric.labels, values)}}} {total}"
        return
    yield f"# TYPE {name} histogram"
    ends = [f"{limit:g}" for limit in metric.limits] + ["+Inf"]
    for values, found in metric.samples().items():
        labels = _labelled(metric.labels, values)
        below = list(accumulate(found.counts))
        for end, count in zip(ends, below, strict=True):
            yield f'{name}_bucket{{{labels},le="{end}"}} {count}'
        yield f"{name}_sum{{{labels}}} {found.total:g}"
        yield f"{name}_count{{{labels}}} {below[-1]}"


def _labelled(names: Iterable[str], values: Labels) -> str:
    return ",".join(
        f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True)
    )


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


@functools.cache
def _message_class() -> type[Message]:
    return message_class(_FILE, "MonitoringConfig", _MESSAGES)
