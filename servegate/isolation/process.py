"""A child process of the gate: started through the launcher, watched, and surely ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.isolation.environment import scrubbed
from servegate.isolation.memory import resident_bytes
from servegate.isolation.shield import shield_this_process

LAUNCHER = Path(__file__).with_name("launcher.py")
TAIL_BYTES = 32 * 1024
STOP_SECONDS = 10.0
# Whoever dies of it cannot write down why.
_FULL = "the disk of its temporary directory is full: make room, or let TMPDIR name another"
_FIRST_POLL = 0.004
_SLOWEST_POLL = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a child may use; None is no limit of ours.

    `memory` is private writable memory in bytes of each of its processes (RLIMIT_DATA), `file_size`
    the size in bytes to which it may write a file. `network` False takes the network away where
    the system allows that; `Child.network_closed` says whether it did. `writable` is the one
    directory that it may write to, where the system allows that: see `Child.read_only`.
    """

    memory: int | None = None
    file_size: int | None = None
    network: bool = True
    writable: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run, where, with which environment (all of it: nothing is inherited)."""

    argv: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str] = field(default_factory=scrubbed)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """How a child ended: `status` is negative for a signal, as in `subprocess`.

    `not_started` is the reason why the command could not be executed at all, otherwise empty.
    `told` says more than the number does, where somebody knows more. `deserved` is true where the
    command broke a rule that production sets, so that production would end it likewise.
    """

    status: int
    not_started: str = ""
    told: str = ""
    deserved: bool = False

    def __str__(self) -> str:
        if self.told:
            return self.told
        if self.not_started:
            return f"not started: {self.not_started}"
        if self.status >= 0:
            return f"exit status {self.status}"
        with suppress(ValueError):
            return f"signal {signal.Signals(-self.status).name}"
        return f"signal {-self.status}"


def _is_full(folder: Path) -> bool:
    room = os.statvfs(folder)
    return room.f_bavail == 0 or (room.f_files > 0 and room.f_favail == 0)


class Child:
    """One running command. Leaving its context, for whatever reason, ends all that it started.

    Standard output and error go to one file and not to a pipe, so a child that prints without end
    never blocks and never fills the gate's memory.
    """

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process = process
        self._folder = folder

    @classmethod
    def start(cls, command: Command, *, folder: Path) -> Self:
        """Starts a command; `folder` is an existing directory for its output.

        Raises `CannotTell` when the system has no process to spare. A command that does not exist
        is told by `poll`.
        """
        shield_this_process()
        settings = {
            "report": str(folder / "report"),
            "memory": command.limits.memory,
            "file_size": command.limits.file_size,
            "network": command.limits.network,
            "writable": str(command.limits.writable) if command.limits.writable else None,
        }
        launcher = [sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(settings)]
        try:
            with (folder / "output").open("ab") as output:
                process = subprocess.Popen(
                    [*launcher, *command.argv],
                    cwd=command.directory,
                    env=dict(command.environment),
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as error:
            raise CannotTell(f"A process could not be started: {error}.") from error
        return cls(process, folder)

    @property
    def network_closed(self) -> bool:
        """Whether the network was taken away; False until the command runs."""
        return self._report().get("network_closed") is True

    @property
    def read_only(self) -> bool:
        """Whether all but `Limits.writable` was closed to writing; False until the command runs."""
        return self._report().get("read_only") is True

    def poll(self) -> Exit | None:
        """How it ended, None while it runs."""
        status = self._process.poll()
        if status is None:
            return None
        told = f"exit status {status}; {_FULL}" if status > 0 and _is_full(self._folder) else ""
        return Exit(
            status=status, not_started=str(self._report().get("not_started", "")), told=told
        )

    def wait(self, deadline: Deadline) -> Exit:
        """Waits for its end. Raises the deadline's exceptions, and leaves it running then."""
        pause = _FIRST_POLL
        while (end := self.poll()) is None:
            deadline.sleep(pause)
            pause = min(pause * 1.5, _SLOWEST_POLL)
        return end

    def output(self, limit: int = TAIL_BYTES) -> str:
        """The last `limit` bytes of what it printed; bytes that are not UTF-8 are replaced."""
        with (self._folder / "output").open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - limit))
            return file.read(limit).decode("utf-8", "replace")

    def memory(self) -> int | None:
        """The resident bytes of all that it started, None where that cannot be measured."""
        return resident_bytes(self._process.pid)

    def stop(self) -> None:
        """Ends it and all that it started. May be called twice, and from any thread."""
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _report(self) -> dict[str, object]:
        """What the launcher wrote: one JSON object a line, later ones complete earlier ones."""
        merged: dict[str, object] = {}
        with suppress(OSError, ValueError):
            for line in (self._folder / "report").read_text("utf-8").splitlines():
                merged.update(json.loads(line))
        return merged
