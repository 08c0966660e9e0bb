"""`gate`: validates, shows progress, writes the reports, returns the verdict as an exit code."""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from servegate.changes.event import CiEvent, read_event
from servegate.cli.publishing import exit_code, publish
from servegate.cli.registry import full_registry, known_checks
from servegate.cli.selecting import selection_options
from servegate.cli.setting_up import setup_phase
from servegate.cli.unsafe_events import refuse_unsafe
from servegate.errors import NO_SPACE, CannotTell, Interrupted, ServegateError, disk_full
from servegate.findings import Report, Verdict
from servegate.pipeline.options import Options


def gate(arguments: argparse.Namespace) -> int:
    """Runs the gate. Raises `WrongUse` before anything is validated."""
    options = replace(
        selection_options(arguments),
        runtime=arguments.runtime,
        serving_image=arguments.serving_image,
        output=arguments.output,
        fail_on=arguments.fail_on,
        jobs=arguments.jobs,
        shard=arguments.shard,
    )
    event = read_event(os.environ)
    refuse_unsafe(event, arguments.allowed_events)
    setup = setup_phase(os.environ)
    started = time.monotonic()
    try:
        report = _validate(options, event)
    except (CannotTell, Interrupted) as error:
        report = _without_models(error, options, time.monotonic() - started)
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        report = _without_models(disk_full(error), options, time.monotonic() - started)
    report = replace(report, phases={**setup, **report.phases})
    publish(report, options.output)
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
        shard=options.shard,
    )


def _validate(options: Options, event: CiEvent | None) -> Report:
    from rich.console import Console

    from servegate.isolation.shield import shield_this_process
    from servegate.pipeline.gate import Run
    from servegate.report.progress import display_for, progress

    shield_this_process()
    console = Console(stderr=False, soft_wrap=True)
    display = display_for(os.environ, terminal=console.is_terminal)
    with _cancelling() as cancelled, progress(console, display) as shown:
        run = Run(
            options=options,
            event=event,
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
