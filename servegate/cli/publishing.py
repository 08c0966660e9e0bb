"""What happens to a report: it is written, printed, and turned into an exit code."""

from __future__ import annotations

import os
import sys
import uuid
from pathlib import Path

from servegate.cli.writing import write_reports
from servegate.errors import NO_SPACE, CannotTell, disk_full
from servegate.findings import Report, Verdict
from servegate.pipeline.options import FailOn

INTERRUPTED = 130
_EXIT = {
    Verdict.ACCEPTED: 0,
    Verdict.UNCHANGED: 0,
    Verdict.REJECTED: 1,
    Verdict.UNDECIDED: 3,
}


def exit_code(report: Report, fail_on: FailOn) -> int:
    """The code that the verdict stands for."""
    if report.interrupted:
        return INTERRUPTED
    return 0 if fail_on is FailOn.NEVER else _EXIT[report.verdict]


def publish(report: Report, folder: Path, *, annotated: bool = True) -> None:
    """Writes the reports and prints the verdict. Raises `CannotTell` when they cannot be written.

    `annotated` False leaves out annotations: the shards have made them already.
    """
    try:
        written = write_reports(report, folder, os.environ)
    except OSError as error:
        if error.errno in NO_SPACE:
            raise disk_full(error) from error
        raise CannotTell(
            f"The reports cannot be written to {folder}: {error.strerror}.",
            remedy="Give --output a directory that can be written to.",
        ) from error
    _print(report, tuple(str(path) for path in written), annotated=annotated)


def _print(report: Report, written: tuple[str, ...], *, annotated: bool) -> None:
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
    if display is not Display.ACTIONS:
        sys.stdout.write(text)
        return
    sys.stdout.write(stopped_commands(text, f"servegate-{uuid.uuid4()}") + "\n")
    if annotated:
        sys.stdout.write(github_annotations.render(report))
