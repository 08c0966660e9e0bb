"""Tools that are console scripts, each truly run on every model, in a process of its own."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from benchmarks.detection.peers.peer import Notice, Question
from servegate.deadline import Deadline
from servegate.isolation.environment import scrubbed
from servegate.isolation.process import Child, Command, Limits

WORKER = Path(__file__).with_name("worker.py")
_READY_SECONDS = 120.0
_SECONDS = 60
_GRACE = 5.0  # the worker kills after _SECONDS; this is for its answer to arrive
_LIMITS = Limits(memory=4 << 30, file_size=64 << 20, network=False)


class ScriptMissing(Exception):
    """A tool cannot be run here; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that has imported a console script and runs it when asked. Safe for threads."""

    socket: Path
    folder: Path

    def run(self, *arguments: str) -> tuple[int | None, str]:
        """The exit status (None when it was killed), and what it printed."""
        output = self.folder / uuid4().hex
        request = {"arguments": arguments, "output": str(output), "seconds": _SECONDS}
        with socket.socket(socket.AF_UNIX) as channel:
            channel.settimeout(_SECONDS + _GRACE)
            channel.connect(str(self.socket))
            channel.sendall(json.dumps(request).encode() + b"\n")
            answer = channel.makefile("rb").readline()
        printed = output.read_text("utf-8", "replace") if output.is_file() else ""
        output.unlink(missing_ok=True)
        return (int(answer) if answer else None), printed


@contextmanager
def worker(python: Path, script: str, folder: Path) -> Iterator[Worker]:
    """Starts a worker; `python` is an interpreter whose environment has the script.

    Raises `ScriptMissing` where it has not.
    """
    if not python.is_file():
        raise ScriptMissing(f"{script} is not installed")
    place = folder / script
    place.mkdir(parents=True)
    path = place / "socket"
    command = Command(
        argv=(str(python), "-I", str(WORKER), script, str(path)),
        directory=place,
        environment=scrubbed({"TF_CPP_MIN_LOG_LEVEL": "3", "COLUMNS": "500"}),
        limits=_LIMITS,
    )
    child = Child.start(command, folder=place)
    try:
        deadline = Deadline.after(_READY_SECONDS)
        while not path.exists():
            if child.poll() is not None:
                raise ScriptMissing(f"{script} does not start: {child.output()[-500:]}")
            deadline.sleep(0.05)
        yield Worker(socket=path, folder=place)
    finally:
        child.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One way to call a tool. It notices by its exit status, or by saying one of `complaints`."""

    name: str
    worker: Worker
    arguments: tuple[str, ...]
    complaints: tuple[str, ...] = ()

    def ask(self, question: Question) -> Notice:
        """See `Peer.ask`."""
        status, printed = self.worker.run(*self.arguments, str(question.directory))
        complaint = any(one in printed for one in self.complaints)
        ended = "killed" if status is None else f"exit status {status}"
        last = printed.strip().rpartition("\n")[2]
        return Notice(noticed=status != 0 or complaint, said=f"{ended}: {last}")
