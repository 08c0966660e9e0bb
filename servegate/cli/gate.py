"""`gate`: validates, shows progress, writes the reports, returns the verdict as an exit code."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from servegate.cli.registry import full_registry, known_checks
from servegate.cli.writing import write_reports
from servegate.errors import CannotTell, Interrupted, ServegateError
from servegate.findings import Report, Verdict
from servegate.pipeline.options import FailOn, Options

INTERRUPTED = 130
_EXIT = {
    Verdict.ACCEPTED: 0,
    Verdict.UNCHANGED: 0,
    Verdict.REJECTED: 1,
    Verdict.UNDECIDED: 3,
}


def gate(arguments: argparse.Namespace) -> int:
    """Runs the gate. Raises `WrongUse` before anything is validated."""
    options = Options(
        repository=repository(),
        config=arguments.config,
        base=arguments.base,
        everything=arguments.everything,
        models=tuple(arguments.models),
        runtime=arguments.runtime,
        output=arguments.output,
        fail_on=arguments.fail_on,
        jobs=arguments.jobs,
    )
    started = time.monotonic()
    try:
        report = _validate(options)
    except (CannotTell, Interrupted) as error:
        report = _without_models(error, options, time.monotonic() - started)
    _publish(report, options)
    return exit_code(report, options.fail_on)


def _without_models(error: ServegateError, options: Options, seconds: float) -> Report:
    """The report of a run that ended before a model was examined."""
    return Report(
        verdict=Verdict.UNDECIDED,
        base=None,
        head=None,
        runtime=options.runtime,
        seconds=seconds,
        models=(),
        notes=(str(error),),
        interrupted=isinstance(error, Interrupted),
    )


def exit_code(report: Report, fail_on: FailOn) -> int:
    """The code that the verdict stands for."""
    if report.interrupted:
        return INTERRUPTED
    return 0 if fail_on is FailOn.NEVER else _EXIT[report.verdict]


def repository() -> Path:
    """The top of the working tree: GITHUB_WORKSPACE, or what git says of this directory."""
    workspace = os.environ.get("GITHUB_WORKSPACE", "")
    if workspace and os.environ.get("GITHUB_ACTIONS") == "true":
        return Path(workspace).absolute()
    here = Path.cwd()
    tops = (folder for folder in (here, *here.parents) if (folder / ".git").exists())
    return next(tops, here)


def _validate(options: Options) -> Report:
    from rich.console import Console

    from servegate.changes.event import read_event
    from servegate.isolation.shield import shield_this_process
    from servegate.pipeline.gate import Run
    from servegate.report.progress import display_for, progress

    shield_this_process()
    console = Console(stderr=False, soft_wrap=True)
    display = display_for(os.environ, terminal=console.is_terminal)
    with _cancelling() as cancelled, progress(console, display) as shown:
        run = Run(
            options=options,
            event=read_event(os.environ),
            checks=known_checks(),
            registry=full_registry,
            progress=shown,
            cancelled=cancelled,
        )
        return run.report()


@contextmanager
def _cancelling() -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM end every wait; what is known by then is reported all the same."""
    cancelled = threading.Event()

    def cancel(_signal: int, _frame: FrameType | None) -> None:
        cancelled.set()

    before = {one: signal.signal(one, cancel) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield cancelled
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _publish(report: Report, options: Options) -> None:
    try:
        written = write_reports(report, options.output, os.environ)
    except OSError as error:
        raise CannotTell(
            f"The reports cannot be written to {options.output}: {error.strerror}.",
            remedy="Give --output a directory that can be written to.",
        ) from error
    _print(report, tuple(str(path) for path in written))


def _print(report: Report, written: tuple[str, ...]) -> None:
    from rich.console import Console

    from servegate.report import console, github_annotations
    from servegate.report.progress import Display, display_for
    from servegate.report.safe import stopped_commands

    out = Console(soft_wrap=False)
    display = display_for(os.environ, terminal=out.is_terminal)
    if display is Display.LIVE:
        out.print(console.rich(report, written=written))
        return
    text = console.plain(report, written=written)
    if display is Display.ACTIONS:
        sys.stdout.write(stopped_commands(text, f"servegate-{uuid.uuid4()}"))
        sys.stdout.write(github_annotations.render(report))
    else:
        sys.stdout.write(text)
