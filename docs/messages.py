"""What each check said of a mutant: kept in `messages.json`, written by `docs.write_messages`."""

from __future__ import annotations

import json
import re
from pathlib import Path

from servegate.findings import Finding
from servegate.report.safe import shorten
from servegate.report.words import field_in_words, fields

FILE = Path(__file__).resolve().with_name("messages.json")

_LONGEST = 600  # characters of one field: a server's log may be in it
# What differs from run to run: times, sizes, digests, the host, and where the repository lies.
_VARYING = re.compile(r"running on [\w.-]+|/[\w.-]+(?:/[\w.-]+){2,}|[0-9a-f]{12,}|\d+(?:\.\d+)?")


def messages() -> dict[str, str]:
    """The messages that were written, by check."""
    found: dict[str, str] = json.loads(FILE.read_text("utf-8"))
    return found


def told(finding: Finding) -> str:
    """A finding as the console tells it."""
    said = [shorten(finding.message, _LONGEST)]
    for name, text in fields(finding):
        said.append(f"  {field_in_words(name, shorten(text, _LONGEST))}")
    return "\n".join(said)


def alike(one: str, other: str) -> bool:
    """Whether two messages are the same but for what differs from run to run."""
    return _VARYING.sub("…", one) == _VARYING.sub("…", other)
