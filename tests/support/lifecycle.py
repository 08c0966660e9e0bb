"""Recorded lives of a TF Serving 2.20 process, played again with the embedded server.

A scenario is what happened around the process: which versions lay there, what changed when. Its
recording says what became of the process, what it answered, and what it logged.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from difflib import ndiff
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeAlias

from tests.support.conformance import Exchange, Recordings, Stage, read_exchanges
from tests.support.conformance_rest import judge
from tests.support.embedded import EmbeddedServer
from tests.support.lifecycle_log import Line, by_servable, read_lines
from tests.support.processes import eventually

_PATIENCE = 60.0  # seconds, for a machine that does much else
_CONFIG_FLAG = re.compile(r"--model_config_file=\$ROOT/served/(\w+)\.config")
# Root reads everything; without these it is refused what its modes forbid, as others are.
_WITHOUT_PRIVILEGE = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What was recorded of a process. `exit_code` is that of SIGTERM where it was still alive.

    `rest_open` is None where nobody looked.
    """

    flags: tuple[str, ...]
    alive: bool
    rest_open: bool | None
    exit_code: int
    log: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeRecordings:
    """The lives by scenario, the exchanges by case, and where they lie.

    `own_lines`: the logs lack the lines that depend on how the models are made.
    """

    where: Recordings
    lives: Mapping[str, Life]
    exchanges: Mapping[str, Exchange]
    own_lines: bool


def read_recordings(
    where: Recordings,
    more: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    *,
    own_lines: bool = False,
) -> LifeRecordings:
    """The recordings of a folder: `logs/`, `logs/summary.json` and `rest_lifecycle.jsonl`.

    `more` are lives that the summary does not mention, in its terms.
    """
    summary = json.loads((where.folder / "logs" / "summary.json").read_text())
    recorded = {one["scenario"]: one for one in summary}
    lives = {
        name: _life(where.folder / "logs" / f"{name}.log", one)
        for name, one in (recorded | dict(more)).items()
    }
    exchanges = read_exchanges(where.folder / "rest_lifecycle.jsonl")
    return LifeRecordings(
        where=where,
        lives=lives,
        exchanges={one.case: one for one in exchanges},
        own_lines=own_lines,
    )


def _life(log: Path, summary: Mapping[str, Any]) -> Life:
    return Life(
        flags=tuple(summary["flags"]),
        alive=summary["alive_at_end"],
        rest_open=summary.get("rest_port_open"),
        exit_code=summary["exit_code"],
        # Python would take a carriage return, or what a record holds, for the end of a line.
        log=log.read_bytes().decode("utf-8", "replace"),
    )


class Play:
    """One scenario on the stage: a scratch folder, and a server once it is started.

    `flags` come after the recorded ones; `differences` tells what is not as recorded.
    """

    def __init__(self, recordings: LifeRecordings, scenario: str, folder: Path) -> None:
        self.recordings = recordings
        self.scenario = scenario
        self.life = recordings.lives[scenario]
        self.flags: tuple[str, ...] = ()
        self.differences: list[str] = []
        self._folder = folder
        self._compared = 0  # bytes of the log
        self._processes = ExitStack()
        scratch = folder / "served"
        scratch.mkdir(parents=True)
        self.stage = Stage(recordings.where, scratch, ())
        self._write_configs()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._processes.close()

    @property
    def server(self) -> EmbeddedServer:
        """The scenario's server, which must have been started."""
        return self._server

    def path(self, name: str) -> Path:
        """A file of the scratch folder."""
        return self.stage.scratch / name

    def put(self, version: str, number: int) -> Path:
        """The model `times/<number>` appears, whole, as a version: `base/1`."""
        target = self.path(version)
        self.stage.add_version(self.stage.models / "times" / str(number), target)
        return target

    def configure(self, name: str, text: str) -> None:
        """Writes a configuration at one moment; `$ROOT` in it is the recording's folder."""
        written = self.path(f"{name}.new")
        written.write_text(self.stage.located(text))
        written.rename(self.path(f"{name}.config"))

    def start(self, *, unprivileged: bool) -> None:
        """Starts the scenario's server."""
        launcher = _WITHOUT_PRIVILEGE if unprivileged and os.geteuid() == 0 else ()
        self._server = self._run("server", self.flags, launcher)
        for flag in self.flags:
            if flag.startswith("--rest_api_port="):
                self._server.rest_port = int(flag.partition("=")[2])

    def neighbour(self) -> EmbeddedServer:
        """Another server with the recorded flags, which is up."""
        return self._run("neighbour", (), ()).opened()

    def asks(self, case: str) -> None:
        """Puts a recorded question until it is answered as recorded."""
        exchange = self._exchange(case)
        if not eventually(lambda: self._answer_differs(exchange) is None, _PATIENCE):
            self.differences.append(f"{exchange.case}: {self._answer_differs(exchange)}")

    def log_differs(self, *, side_by_side: bool) -> str | None:
        """What differs between the recorded log and the server's so far."""
        recorded = read_lines(self.life.log)
        logged = read_lines(self.stage.anonymous(self.server.log))
        if self.recordings.own_lines:
            logged = [line for line in logged if not line.of_the_model]
        if side_by_side and by_servable(recorded) == by_servable(logged):
            return None
        return _difference(recorded, logged)

    def log_agrees(self, *, side_by_side: bool) -> bool:
        """Whether there is more in the log than last time, and it is as recorded now."""
        size = self.server.log_path.stat().st_size
        if size == self._compared:
            return False
        self._compared = size
        return self.log_differs(side_by_side=side_by_side) is None

    def _run(self, name: str, flags: Iterable[str], launcher: Sequence[str]) -> EmbeddedServer:
        given = [self.stage.located(flag) for flag in self.life.flags]
        server = EmbeddedServer(self._folder / name, *given, *flags, launcher=launcher)
        return self._processes.enter_context(server)

    def _write_configs(self) -> None:
        for name in _CONFIG_FLAG.findall(" ".join(self.life.flags)):
            recorded = f"configs/lifecycle_{name}.config"
            if (self.recordings.where.folder / recorded).exists():
                self.stage.write_config(recorded, f"{name}.config")

    def _answer_differs(self, exchange: Exchange) -> str | None:
        if self.server.process.poll() is not None:
            return "the server is gone"
        try:
            return judge(self.stage, self.server, exchange)
        except OSError as error:
            return str(error)

    def _exchange(self, case: str) -> Exchange:
        """An exchange with this play's folders in its answer."""
        known = self.recordings.exchanges
        exchange = known[case] if case in known else known[f"{self.scenario}.{case}"]
        recorded = exchange.line["response_body"]
        located = self.stage.located(recorded)
        headers = dict(exchange.line["response_headers"])
        if located != recorded:
            headers["Content-Length"] = str(len(located.encode()))
        changed = {"response_body": located, "response_headers": headers}
        return replace(exchange, line={**exchange.line, **changed})


Action: TypeAlias = Callable[[Play], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What happens before the server starts and while it runs, in this order.

    `unprivileged`: the server must obey the modes of files. `side_by_side`: versions load at the
    same time, so that only the order of each one's own lines is certain.
    """

    before: tuple[Action, ...] = ()
    after: tuple[Action, ...] = ()
    unprivileged: bool = False
    side_by_side: bool = False


def play(recordings: LifeRecordings, name: str, scenario: Scenario, folder: Path) -> list[str]:
    """Plays a scenario; what was not as recorded."""
    with Play(recordings, name, folder) as run:
        for action in scenario.before:
            action(run)
        run.start(unprivileged=scenario.unprivileged)
        for action in scenario.after:
            action(run)
        if not run.life.alive:
            with suppress(subprocess.TimeoutExpired):
                run.server.ended()
        eventually(lambda: run.log_agrees(side_by_side=scenario.side_by_side), _PATIENCE)
        log = run.log_differs(side_by_side=scenario.side_by_side)
        return [*run.differences, *([log] if log else []), *_fate(run)]


def _fate(run: Play) -> Iterator[str]:
    """What differs in whether the process lives, is open, and how it ends."""
    life, process = run.life, run.server.process
    if (process.poll() is None) != life.alive:
        yield f"alive: recorded {life.alive}, exit code now {process.poll()}"
    if life.rest_open is not None and run.server.is_open != life.rest_open:
        yield f"REST port open: recorded {life.rest_open}"
    process.send_signal(signal.Signals(-life.exit_code) if life.alive else signal.SIGTERM)
    code = process.wait(timeout=_PATIENCE)
    if code != life.exit_code:
        yield f"exit code: recorded {life.exit_code}, now {code}"


def _difference(recorded: Iterable[Line], logged: Iterable[Line]) -> str | None:
    told = [str(line) for line in recorded], [str(line) for line in logged]
    if told[0] == told[1]:
        return None
    changes = [line for line in ndiff(*told) if line[0] in "-+"]
    return "log (- recorded, + now):\n" + "\n".join(changes)
