"""The scenarios of the recorded lives, by subject: what lay where, and what changed when.

A name is that of the recording. What is not said here (flags, configurations) is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.lifecycle import Scenario
from tests.support.lives import (
    configuration,
    loading,
    logs_only,
    names,
    permissions,
    serving,
    warmups,
)

SCENARIOS: Mapping[str, Scenario] = {
    **loading.SCENARIOS,
    **permissions.SCENARIOS,
    **names.SCENARIOS,
    **configuration.SCENARIOS,
    **logs_only.SCENARIOS,
    **warmups.SCENARIOS,
    **serving.SCENARIOS,
}

MORE_LIVES: Mapping[str, Mapping[str, Any]] = {
    **logs_only.LIVES,
    **warmups.LIVES,
    **serving.LIVES,
}
"""Lives of which the recordings hold the log alone."""

LONG = logs_only.LONG
