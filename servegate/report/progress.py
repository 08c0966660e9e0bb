"""Which progress a run shows, and its threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from servegate.progress import Progress
from servegate.report.log_progress import LogProgress

if TYPE_CHECKING:
    from rich.console import Console

HEARTBEAT = 30.0
"""Seconds between signs of life in a log; CI systems end jobs that are silent for minutes."""

_REDRAWN = 8  # times a second


class Display(StrEnum):
    """Who looks on."""

    LIVE = "a person at a terminal"
    PLAIN = "whoever reads a log"
    ACTIONS = "whoever reads a job's log on GitHub"


def display_for(environment: Mapping[str, str], *, terminal: bool) -> Display:
    """The display that fits. `terminal`: the stream is one (some CI systems have terminals)."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return Display.ACTIONS
    if terminal and not environment.get("CI") and environment.get("TERM") != "dumb":
        return Display.LIVE
    return Display.PLAIN


@contextmanager
def progress(
    console: Console, display: Display, *, heartbeat: float = HEARTBEAT
) -> Iterator[Progress]:
    """Progress on a console for as long as the block lasts; whatever ends it, it is cleaned up."""
    if display is Display.LIVE:
        with _live(console) as live:
            yield live
    else:
        with _beating(
            LogProgress(console.file, grouped=display is Display.ACTIONS), heartbeat
        ) as lines:
            yield lines


@contextmanager
def _live(console: Console) -> Iterator[Progress]:
    from rich.live import Live

    from servegate.report.live_progress import LiveProgress

    live = LiveProgress(console)
    with Live(
        get_renderable=live.view, console=console, transient=True, refresh_per_second=_REDRAWN
    ):
        yield live


@contextmanager
def _beating(lines: LogProgress, every: float) -> Iterator[Progress]:
    over = threading.Event()

    def beat() -> None:
        while not over.wait(every):
            lines.beat()

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield lines
    finally:
        over.set()
        thread.join()
