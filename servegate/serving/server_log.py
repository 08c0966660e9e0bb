"""What a model server says in its log of why it does not serve.

Failed requests are not in it; failures to load and to find versions are. Sources: the logs of a
recorded TF Serving 2.20, `model_servers/server_core.cc` and `main.cc`.
"""

from __future__ import annotations

import re

_GAVE_UP = "Failed to start server. Error: "
_ENTRY = "{{name: "
_LAST_ENTRY_ENDS = re.compile(r"\}, \}\s*$", re.MULTILINE)
_WAITING = (
    "No versions of servable ",
    "Could not find base path ",
    "Permission denied",
    "was not found in the file system",
    "No specific versions requested for servable ",
)
# "2026-11-22 14:04:40.139433: W tensorflow_serving/….cc:314] " and "I0000 00:00:1795356843.4 … ] ".
_PREFIX = re.compile(r"^(?:\d{4}-\d\d-\d\d [\d:.]+: )?[IWEF]\S* .*?:\d+\] ")


def load_failure(log: str, model: str, version: int) -> str | None:
    """The error for which a server did not start because of this version, None if it is not so."""
    _, _, told = log.rpartition(_GAVE_UP)
    entry = f"{_ENTRY}{model} version: {version}}} due to error: "
    _, found, reason = told.partition(entry)
    if not found:
        return None
    following = reason.find(f"}}, {_ENTRY}")
    if following >= 0:
        return reason[:following].strip()
    last = _LAST_ENTRY_ENDS.search(reason)
    return (reason[: last.start()] if last else reason).strip()


def start_failure(log: str) -> str | None:
    """What a server said when it gave up starting, for whatever reason; None if it did not."""
    _, found, told = log.rpartition(_GAVE_UP)
    return told.partition("\n")[0].strip() if found else None


def complaint(log: str) -> str | None:
    """The last line in which a server says that it finds nothing to load."""
    for line in reversed(log.splitlines()):
        if any(words in line for words in _WAITING):
            return _PREFIX.sub("", line).strip()
    return None
