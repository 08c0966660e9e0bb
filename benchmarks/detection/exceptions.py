"""The accepted exceptions: rows that are known to be wrong, each with its reason.

The list may only shrink: an entry that is not needed any more is an error too.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("exceptions.yml")


def accepted() -> dict[str, str]:
    """The ids of cases, and why each is accepted."""
    entries = yaml.safe_load(FILE.read_text("utf-8")) or []
    return {entry["case"]: entry["reason"] for entry in entries}


def superfluous(failing: Iterable[str], ran: Iterable[str]) -> tuple[str, ...]:
    """Exceptions for cases that were run and did well."""
    wrong = set(failing)
    return tuple(case for case in accepted() if case in set(ran) and case not in wrong)
