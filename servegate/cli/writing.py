"""Writes the reports: the output directory, and what GitHub's runner reads."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from servegate.findings import Report
from servegate.phases import Phase
from servegate.report import json_report, outputs, summary

JUNIT = "junit.xml"
JSON = "report.json"
SUMMARY = "summary.md"


def write_reports(report: Report, folder: Path, environment: Mapping[str, str]) -> tuple[Path, ...]:
    """Writes all of them; the paths of the files in `folder`. Raises `OSError`."""
    from servegate.report import junit  # its library is not there while the action installs it

    started = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / JUNIT, junit.render(report))
    # What it took can only be told by what is written after it.
    spent = time.monotonic() - started
    report = replace(report, phases={**report.phases, Phase.REPORT: spent})
    texts = {JSON: json_report.render(report), SUMMARY: summary.render(report)}
    for name, text in texts.items():
        _replace(folder / name, text)
    if environment.get("GITHUB_ACTIONS") == "true":
        _for_the_runner(report, folder, texts[SUMMARY], environment)
    return tuple(folder / name for name in (JUNIT, *texts))


def _replace(path: Path, text: str) -> None:
    """Whoever reads the file finds the old one or the whole new one."""
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        unfinished.write_text(text, "utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _for_the_runner(
    report: Report, folder: Path, text: str, environment: Mapping[str, str]
) -> None:
    if step_summary := environment.get("GITHUB_STEP_SUMMARY"):
        append(Path(step_summary), text)
    if step_output := environment.get("GITHUB_OUTPUT"):
        append(
            Path(step_output),
            outputs.render(
                report,
                junit=str(folder / JUNIT),
                details=str(folder / JSON),
                delimiter=f"servegate-{uuid.uuid4()}",
            ),
        )


def append(path: Path, text: str) -> None:
    """Adds to one of the runner's files, in which other steps' lines may stand already."""
    with path.open("a", encoding="utf-8") as opened:
        opened.write(text)
