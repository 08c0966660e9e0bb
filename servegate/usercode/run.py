"""Calling a project's preprocessing callables in a process of their own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.errors import CannotTell
from servegate.isolation.environment import scrubbed
from servegate.isolation.process import Child, Command, Exit, Limits
from servegate.isolation.workspace import new_folder
from servegate.usercode.events import Heard, read_events
from servegate.usercode.outcome import CallableOutcome, CallOutcome, Died, TimedOut

WORKER = Path(__file__).with_name("worker.py")

MEMORY_BYTES = 4 * 2**30
FILE_BYTES = 2**30
"""The largest file that a callable may write, its results and its output included."""

_Numbered = Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    examples: Sequence[object]
    repository: Path
    workspace: Path
    python: Path
    memory_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """What one process came to; `outcomes` by number, up to the callable that ended it."""

    outcomes: Mapping[int, CallableOutcome]
    output: str
    network_closed: bool


def call(
    functions: Sequence[str],
    examples: Sequence[object],
    *,
    repository: Path,
    workspace: Path,
    deadline: Deadline,
    python: Path | None = None,
    memory_limit: int = MEMORY_BYTES,
) -> CallOutcome:
    """Calls each of `functions` (`module:function`) with the examples (JSON values).

    A callable gets one example after the other, or all in one list if it has an attribute
    `batched = True` or its first parameter is called `batch`, `examples` or `rows`; then it returns
    a row for each. They share a process; when one of them ends or outlasts it, those after it get
    a new one. The process runs `python` (by default the gate's own; relative paths are the
    repository's) with `repository` first on its path and as working directory, no secrets in its
    environment, `memory_limit` bytes, and no network where the system allows that.

    Whatever the callables do is in the outcome. Raises `CannotTell` when the interpreter does not
    run, and `Interrupted`.
    """
    setting = _Setting(
        examples=examples,
        repository=repository,
        workspace=workspace,
        python=repository / python if python else Path(sys.executable),
        memory_limit=memory_limit,
    )
    outcomes: dict[int, CallableOutcome] = {}
    rounds = []
    while left := [one for one in enumerate(functions) if one[0] not in outcomes]:
        rounds.append(_round(left, setting, _share(deadline, len(left))))
        outcomes.update(rounds[-1].outcomes)
    return CallOutcome(
        callables=tuple(outcomes[number] for number in range(len(functions))),
        output="".join(one.output for one in rounds),
        network_closed=all(one.network_closed for one in rounds),
    )


def _share(deadline: Deadline, left: int) -> Deadline:
    """The time for a process, so that a callable that hangs leaves some to those after it."""
    return deadline.within(deadline.remaining() * left / (left + 1)) if left > 1 else deadline


def _round(left: _Numbered, setting: _Setting, deadline: Deadline) -> _Round:
    folder = new_folder(setting.workspace, "callables")
    command = _command(left, setting, folder)
    end: Exit | None = None
    with Child.start(command, folder=folder) as child:
        try:
            end = child.wait(deadline)
        except DeadlineExceeded:
            child.stop()
    started, heard = _listen(folder / "result", left, setting.repository)
    if end and not started:
        raise CannotTell(
            f"{setting.python} could not run the preprocessing callables: {end}. {child.output()}",
            remedy="Set `preprocessing.python` to an interpreter of Python 3.8 or newer.",
        )
    return _Round(
        outcomes=_outcomes(heard, end),
        output=child.output(),
        network_closed=child.network_closed,
    )


def _command(left: _Numbered, setting: _Setting, folder: Path) -> Command:
    request = {
        "repository": str(setting.repository.absolute()),
        "functions": list(left),
        "examples": str(folder / "examples.jsonl"),
        "result": str(folder / "result"),
    }
    (folder / "request.json").write_text(json.dumps(request), "utf-8")
    lines = "".join(f"{json.dumps(example)}\n" for example in setting.examples)
    (folder / "examples.jsonl").write_text(lines, "utf-8")
    return Command(
        argv=(str(setting.python), str(WORKER), str(folder / "request.json")),
        directory=setting.repository,
        environment=_environment(folder),
        limits=Limits(memory=setting.memory_limit, file_size=FILE_BYTES, network=False),
    )


def _environment(folder: Path) -> dict[str, str]:
    temporary = folder / "tmp"
    temporary.mkdir()
    own = {
        "TMPDIR": str(temporary),
        # The working tree is what is being judged: nothing is written beside the user's modules.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONFAULTHANDLER": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "PYTHONUNBUFFERED": "1",
    }
    # A part of how the project finds its modules, as in its own steps of the workflow.
    search = os.environ.get("PYTHONPATH")
    return scrubbed(own | ({"PYTHONPATH": search} if search else {}))


def _listen(result: Path, left: _Numbered, repository: Path) -> tuple[bool, dict[int, Heard]]:
    """Whether the worker ran at all, and what it told of each callable."""
    heard = {number: Heard(name=name) for number, name in left}
    started = False
    for event in read_events(result):
        try:
            if event["event"] == "started":
                started = True
            else:
                heard[event["function"]].take(event, repository)
        except (KeyError, TypeError, ValueError):
            break  # not the worker's: the file lies within the reach of the user's code
    return started, heard


def _outcomes(heard: Mapping[int, Heard], end: Exit | None) -> dict[int, CallableOutcome]:
    """The outcomes up to the first callable that did not come to its own end."""
    outcomes = {}
    for number, one in heard.items():
        if one.ended:
            outcomes[number] = one.outcome(None)
            continue
        failure = Died(example=one.example, how=str(end)) if end else TimedOut(example=one.example)
        outcomes[number] = one.outcome(failure)
        break
    return outcomes
