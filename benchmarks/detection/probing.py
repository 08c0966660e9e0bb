"""What the candidates of an origin are asked: probes that the healthy one answers."""

from __future__ import annotations

import threading
from pathlib import Path

import servegate.evidence
from benchmarks.detection.change import Change
from benchmarks.detection.origin import Origin
from servegate.checks import Outcome, check
from servegate.cli.registry import SEEDS, known_checks
from servegate.engine.registry import find_providers, registry
from servegate.facts.probes import Probe, Replies, Reply
from servegate.pipeline.gate import Run
from servegate.pipeline.options import Options, RuntimeName
from servegate.progress import Silent


def answered_probes(origin: Origin, folder: Path) -> tuple[Probe, ...]:
    """Those of the gate's own probes that the healthy candidate answers.

    `folder` is for temporary files. There may be none: nobody can make up an input for every
    model.
    """
    heard: list[Reply] = []

    @check(claims=())
    def listener(replies: Replies) -> Outcome:
        """Keeps what it hears."""
        heard.extend(one for _, asked in replies for one in asked)
        return iter(())

    base = Change.of(origin, folder / "trees").commit(folder / "repository")
    declared = listener.__dict__["check"]
    run = Run(
        options=Options(repository=folder / "repository", base=base, runtime=RuntimeName.EMBEDDED),
        event=None,
        checks=known_checks(),
        registry=lambda: registry([declared], find_providers(servegate.evidence), SEEDS),
        progress=Silent(),
        cancelled=threading.Event(),
    )
    run.report()
    return tuple(one.probe for one in heard if one.answered)
