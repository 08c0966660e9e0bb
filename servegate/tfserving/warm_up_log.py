"""What a server's log says of the warm-up records of one version.

Source: `RunWarmup` in tensorflow_serving/servables/tensorflow/saved_model_warmup_util.cc, and the
logs of a recorded TF Serving 2.20.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from servegate.tfserving.served_files import WARM_UP

_STARTED = "Starting to read warmup data for model at "
_FINISHED = "Finished reading warmup data for model at "
_RECORDS = re.compile(r"Number of warmup records read: (\d{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUpLog:
    """The last replay of a version: whether it began, and how many records it had at its end.

    `records` is None where it did not come to an end, or where the log does not go back so far.
    """

    started: bool
    records: int | None


def read_warm_up_log(log: str, directory: str) -> WarmUpLog:
    """Finds the lines about the version in `directory`, which is a name ("00000123")."""
    place = f"/{directory}/{WARM_UP}"
    started, records = False, None
    for line in log.splitlines():
        if _STARTED in line and place in line:
            started, records = True, None
        elif _FINISHED in line and place in line:
            match = _RECORDS.search(line)
            records = int(match[1]) if match else None
    return WarmUpLog(started=started, records=records)
