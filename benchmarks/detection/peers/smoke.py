"""Load and query: start a server, wait until the model is available, expect one success.

What TFX InfraValidator does: the model is always mounted as version 1, and what it answers does
not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.detection.peers.peer import Notice, Question
from benchmarks.detection.proof import measure


@dataclass(frozen=True, slots=True)
class Smoke:
    """The smoke test, on the embedded server. Without a request it stops at loading."""

    name: str = "load and query"

    def ask(self, question: Question) -> Notice:
        """See `Peer.ask`."""
        probes = [] if question.probe is None else [question.probe]
        measured = measure(question.directory, probes, question.folder)
        refusals = [one.refusal for one in measured.first if not one.answered]
        said = measured.failure or next((str(one) for one in refusals), "")
        return Notice(noticed=bool(measured.failure or refusals), said=said)
