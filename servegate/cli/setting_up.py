"""How long the action took to set itself up, which it alone can know."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress

from servegate.phases import Phase

STARTED = "SERVEGATE_STARTED"
"""The variable in which action.yml says when its first step ran, in seconds since 1970."""

_LONGEST = 6 * 3600.0
"""Seconds; GitHub ends every job by then, so what is longer was another clock."""


def setup_phase(environment: Mapping[str, str]) -> dict[str, float]:
    """The seconds from the action's first step until now; nothing where that is not known."""
    with suppress(ValueError):
        seconds = time.time() - float(environment.get(STARTED, ""))
        if 0 <= seconds <= _LONGEST:
            return {Phase.SETUP: seconds}
    return {}
