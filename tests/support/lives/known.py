"""What is known of a life of which the recordings hold the log alone, in the summary's terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ONCE = "--max_num_load_retries=0"
SERVED = "$ROOT/served"


def stopped(base: str, *more: str, name: str = "times") -> Mapping[str, Any]:
    """It served this base path, with more flags, until SIGTERM."""
    flags = [f"--model_name={name}", f"--model_base_path={base}", *more]
    return {"flags": flags, "alive_at_end": True, "exit_code": -15}


def refused(base: str, *more: str) -> Mapping[str, Any]:
    """The same, of one that did not start."""
    return {**stopped(base, *more), "alive_at_end": False, "exit_code": 255}
