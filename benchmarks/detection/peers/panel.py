"""The peers that are there, all asked about each fault and each clean twin."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.detection.case import Case, Kind
from benchmarks.detection.change import Change
from benchmarks.detection.origin import PROJECT
from benchmarks.detection.peers.peer import Notice, Peer, Question
from benchmarks.detection.peers.row import PeerRow
from benchmarks.detection.peers.script import Script, ScriptMissing, Worker, worker
from benchmarks.detection.peers.smoke import Smoke
from benchmarks.detection.proof import Measured

MODELSCAN = "modelscan"
SAVED_MODEL_CLI = "saved_model_cli"
ENVIRONMENT = PROJECT / "build" / "peers"
"""The environment of what cannot be in the gate's own: `make peers`."""

_NOTHING = Notice(noticed=False, said="the pull request brings no directory to show it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The peers, while they run. `missing` says of others why they do not."""

    peers: tuple[Peer, ...]
    missing: tuple[str, ...] = ()

    def ask(
        self, case: Case, change: Change, healthy: Measured | None, folder: Path
    ) -> tuple[PeerRow, ...]:
        """Shows a fault or its twin to every peer; nothing else is shown."""
        if case.kind not in (Kind.MUTANT, Kind.TWIN):
            return ()
        directory = shown(change)
        rows = []
        for number, peer in enumerate(self.peers):
            notice = _NOTHING
            if directory is not None:
                probe = healthy.first[0].probe if healthy and healthy.first else None
                place = folder / str(number)
                notice = peer.ask(Question(directory=directory, probe=probe, folder=place))
            rows.append(PeerRow.of(case, peer.name, noticed=notice.noticed, said=notice.said))
        return tuple(rows)


@contextmanager
def panel(folder: Path) -> Iterator[Panel]:
    """Starts every peer that can be started here."""
    with ExitStack() as stack:
        peers: list[Peer] = [Smoke()]
        missing = []
        starts = (
            (Path(sys.executable), SAVED_MODEL_CLI),
            (ENVIRONMENT / "bin" / "python", MODELSCAN),
        )
        for python, script in starts:
            try:
                started = stack.enter_context(worker(python, script, folder))
            except ScriptMissing as why:
                missing.append(str(why))
            else:
                peers += _ways(script, started)
        yield Panel(peers=tuple(peers), missing=tuple(missing))


def shown(change: Change) -> Path | None:
    """The directory that somebody would hand to a tool: the candidate's, whatever its name."""
    if change.new.is_dir():
        return change.new
    before = {one.name for one in change.version("", change.base).glob("*")}
    added = sorted(
        one for one in change.version("").glob("*") if one.is_dir() and one.name not in before
    )
    if added:
        return added[-1]
    return change.old if change.old.is_dir() else None


def _ways(script: str, started: Worker) -> tuple[Script, ...]:
    """How a tool is used, as its own documentation says."""
    if script == MODELSCAN:
        return (Script(name=MODELSCAN, worker=started, arguments=("--path",)),)
    return (
        Script(name=f"{script} show", worker=started, arguments=("show", "--all", "--dir")),
        Script(
            name=f"{script} scan",
            worker=started,
            arguments=("scan", "--dir"),
            complaints=("contains the following denylisted ops",),
        ),
    )
