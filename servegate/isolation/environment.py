"""The environment that a child of the gate gets: an allow-list, since a deny-list forgets one.

A runner's environment holds tokens under names that nobody can foresee (`GITHUB_TOKEN`, `INPUT_*`,
`ACTIONS_RUNTIME_TOKEN`, `AWS_*`, whatever the workflow sets). What is listed here is needed to find
and run programs and to behave alike in text and time; none of it carries a credential. Proxies are
left out: their addresses hold passwords. `HOME` stays because libraries keep data sets and settings
there; hiding its name would not hide its content.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

ALLOWED = frozenset(
    {
        "HOME",
        "LANG",
        "LANGUAGE",
        "LD_LIBRARY_PATH",
        "LOGNAME",
        "OMP_NUM_THREADS",
        "PATH",
        "SHELL",
        "TMPDIR",
        "TZ",
        "USER",
    }
)
ALLOWED_PREFIX = "LC_"


def scrubbed(
    extra: Mapping[str, str] | None = None, *, source: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What of `source` (default: this process's environment) a child may see, and `extra`."""
    given = os.environ if source is None else source
    kept = {
        name: value
        for name, value in given.items()
        if name in ALLOWED or name.startswith(ALLOWED_PREFIX)
    }
    return kept | dict(extra or {})
