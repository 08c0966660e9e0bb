"""Lives in which nothing happens but requests, under all kinds of flags."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.lifecycle import Scenario
from tests.support.lives.actions import changed, logged
from tests.support.lives.known import SERVED, stopped

_MODELS = "$ROOT/models"
_CHECK = "--enable_signature_method_name_check=true"
_TF1 = f"{_MODELS}/saved_model_half_plus_two_2_versions"
_TF2 = f"{_MODELS}/saved_model_half_plus_two_tf2_cpu"
_BATCHING = "--enable_batching=true"

LIVES: Mapping[str, Mapping[str, Any]] = {
    "batching": stopped(f"{_MODELS}/times", _BATCHING),
    "batching_params": stopped(
        f"{_MODELS}/times", _BATCHING, f"--batching_parameters_file={SERVED}/bp.txt"
    ),
    "batching_two": stopped(f"{_MODELS}/two", _BATCHING, name="two"),
    "cors": stopped(f"{_MODELS}/times", "--rest_api_enable_cors_support=true"),
    "monitoring": stopped(f"{_MODELS}/times", f"--monitoring_config_file={SERVED}/mon.config"),
    "rest_timeout1": stopped(f"{_MODELS}/times", "--rest_api_timeout_in_ms=1"),
    "raw_http": stopped(f"{_MODELS}/times"),
    "tf1_check": stopped(_TF1, _CHECK, name="h"),
    "tf2_check": stopped(_TF2, _CHECK, name="h"),
    "tf2_default": stopped(_TF2, name="h"),
}

_UP = Scenario(after=(logged("Exporting HTTP"),))


def _with_file(name: str, text: str) -> Scenario:
    return Scenario(
        before=(changed(name, lambda file: Path.write_text(file, text)),), after=_UP.after
    )


SCENARIOS: Mapping[str, Scenario] = {
    **dict.fromkeys(LIVES, _UP),
    "batching_params": _with_file("bp.txt", "max_batch_size { value: 4 }"),
    "monitoring": _with_file("mon.config", "prometheus_config { enable: true }"),
}
