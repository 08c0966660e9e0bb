"""The faults and the healthy changes that there are, by number: `faults.yml`, `healthy.yml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

FAULTS = Path(__file__).with_name("faults.yml")
HEALTHY = Path(__file__).with_name("healthy.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A fault ("G01") or a healthy change ("H05"). `without` is why the bench does not make it."""

    id: str
    name: str
    without: str = ""


def catalogue(file: Path) -> tuple[Entry, ...]:
    """The entries of a file, in its order."""
    return tuple(Entry(**entry) for entry in yaml.safe_load(file.read_text("utf-8")))


def contradictions(entries: Iterable[Entry], made: Iterable[str]) -> tuple[str, ...]:
    """What the catalogue and the bench disagree about; `made` are the numbers that it makes."""
    entries, made = tuple(entries), frozenset(made)
    known = {entry.id for entry in entries}
    return (
        *(f"{one} is in no list" for one in sorted(made - known)),
        *(
            f"{one.id} is not made, and nothing says why"
            for one in entries
            if one.id not in made and not one.without
        ),
        *(
            f"{one.id} is made, and something says why it is not"
            for one in entries
            if one.id in made and one.without
        ),
    )
