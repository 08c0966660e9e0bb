"""What a peer is: something that is shown a candidate's directory and notices a fault or not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from servegate.facts.probes import Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A candidate. `probe` is a request that the healthy one answers; `folder` may be made."""

    directory: Path
    probe: Probe | None
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Whether somebody who uses the tool would have been stopped, and what it said last."""

    noticed: bool
    said: str


class Peer(Protocol):
    """One tool, used in one way."""

    @property
    def name(self) -> str:
        """What it is called in the results."""
        ...

    def ask(self, question: Question) -> Notice:
        """Runs it on a candidate. Called from several threads."""
        ...
