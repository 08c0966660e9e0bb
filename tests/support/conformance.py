"""Recorded exchanges with a real TF Serving 2.20, and their replay against the embedded server.

`<kind>.jsonl` holds the exchanges of a kind, one JSON object a line. In their flags, requests and
answers `$ROOT` is the folder that holds `models/`, and `$ROOT/served` is a scratch folder. A new
kind is a `Kind`: how an exchange is put to a server and judged, and what happens around it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

from tests.support.embedded import EmbeddedServer

Flags: TypeAlias = tuple[str, ...]

_SCRATCH = "$ROOT/served"
_ROOT = "$ROOT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """Where recorded exchanges lie, and the folder that has the `models/` they speak of."""

    folder: Path
    root: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question and TF Serving's answer, `line` as it was recorded."""

    case: str
    line: Mapping[str, Any]


class Stage:
    """The servers of one replay: one for each set of flags, started when it is first asked.

    A context manager that ends them. `scratch` is the `$ROOT/served` of the recording.
    """

    def __init__(self, recordings: Recordings, scratch: Path, more_flags: Flags) -> None:
        self.recordings = recordings
        self.models = recordings.root / "models"
        self.scratch = scratch
        self._more_flags = more_flags
        self._running: dict[Flags, EmbeddedServer] = {}
        self._started = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def server(self, flags: Flags) -> EmbeddedServer:
        """The server with these flags, written as recorded."""
        if flags not in self._running:
            self._started += 1
            folder = self.scratch.parent / f"server-{self._started}"
            given = [self.located(flag) for flag in (*flags, *self._more_flags)]
            server = self._stack.enter_context(EmbeddedServer(folder, *given))
            self._running[flags] = server.opened()
        return self._running[flags]

    def restart(self, flags: Flags) -> EmbeddedServer:
        """A new server with these flags, in the place of the one so far."""
        if flags in self._running:
            self._running.pop(flags).__exit__(None, None, None)
        return self.server(flags)

    def at_the_end(self, undo: Callable[[], object]) -> None:
        """Calls `undo` when the replay is over, and keeps what it refers to until then."""
        self._stack.callback(undo)

    def located(self, text: str) -> str:
        """A recorded text with the folders of this replay."""
        return text.replace(_SCRATCH, str(self.scratch)).replace(_ROOT, str(self.recordings.root))

    def anonymous(self, text: str) -> str:
        """A text of this replay with the recording's names for its folders."""
        return text.replace(str(self.scratch), _SCRATCH).replace(str(self.recordings.root), _ROOT)

    def write_config(self, recorded: str, name: str = "models.config") -> None:
        """A configuration of the recordings, as a file of the scratch folder."""
        text = (self.recordings.folder / recorded).read_text()
        (self.scratch / name).write_text(self.located(text))

    def add_version(self, source: Path, target: Path) -> None:
        """A version directory that appears at one moment."""
        staged = self.scratch / f"staged-{target.name}"
        shutil.copytree(source, staged)
        target.parent.mkdir(parents=True, exist_ok=True)
        staged.rename(target)


Step: TypeAlias = Callable[[Stage], object]
Judge: TypeAlias = Callable[[Stage, EmbeddedServer, Exchange], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How the exchanges of one file are replayed.

    `judge` puts one to a server and says what differs. `prepare` fills the scratch folder, and
    `steps` holds, by case, what happened before it. `flags` are those of exchanges that have
    none, `more_flags` are added to all.
    """

    name: str
    judge: Judge
    prepare: Step = lambda _stage: None
    steps: Mapping[str, Step] = field(default_factory=dict)
    flags: Flags = ()
    more_flags: Flags = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How a kind's exchanges went: by case what differs, and how many there were."""

    kind: str
    differing: Mapping[str, str]
    total: int

    @property
    def agreeing(self) -> int:
        """The number of exchanges that went as recorded."""
        return self.total - len(self.differing)


def read_exchanges(file: Path) -> tuple[Exchange, ...]:
    """The exchanges of a file, in the order in which they were recorded."""
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return tuple(Exchange(case=line["case"], line=line) for line in lines)


def replay(kind: Kind, recordings: Recordings, folder: Path) -> Tally:
    """Puts every exchange of a kind to the embedded server; `folder` is this replay's own."""
    scratch = folder / "served"
    scratch.mkdir()
    exchanges = read_exchanges(recordings.folder / f"{kind.name}.jsonl")
    differing = {}
    with Stage(recordings, scratch, kind.more_flags) as stage:
        kind.prepare(stage)
        for exchange in exchanges:
            if exchange.case in kind.steps:
                kind.steps[exchange.case](stage)
            server = stage.server(tuple(exchange.line.get("server_flags", kind.flags)))
            difference = kind.judge(stage, server, exchange)
            if difference is not None:
                differing[exchange.case] = difference
    return Tally(kind=kind.name, differing=differing, total=len(exchanges))


def difference(expected: object, answered: object) -> str | None:
    """What a reader is shown where an answer is not the recorded one; None where it is."""
    if expected == answered:
        return None
    return f"\n  recorded: {_shown(expected)}\n  answered: {_shown(answered)}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 2000 else f"{text[:1000]} … {text[-1000:]}"
