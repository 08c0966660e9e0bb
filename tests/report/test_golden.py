"""Every format of every verdict, byte for byte.

After a change that is meant, write the files anew and read the difference:

    SERVEGATE_REGENERATE=1 .venv/bin/pytest tests/report/test_golden.py
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from servegate.findings import Report
from servegate.report import console, github_annotations, json_report, junit, outputs, summary
from tests.support.reports import REPORTS

GOLDEN = Path(__file__).parent / "golden"

FORMATS: dict[str, Callable[[Report], str]] = {
    "report.json": json_report.render,
    "junit.xml": junit.render,
    "summary.md": summary.render,
    "annotations.txt": github_annotations.render,
    "outputs.txt": lambda report: outputs.render(
        report, junit="out/junit.xml", details="out/report.json", delimiter="d-e-l"
    ),
    "console.txt": lambda report: console.plain(
        report, written=("out/junit.xml", "out/summary.md")
    ),
}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_is_what_it_was(name: str, format_: str) -> None:
    golden = GOLDEN / name / format_
    text = FORMATS[format_](REPORTS[name])
    if os.environ.get("SERVEGATE_REGENERATE"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(text.encode())
    assert text.encode() == golden.read_bytes()


def test_no_golden_file_is_left_over() -> None:
    there = {str(file.relative_to(GOLDEN)) for file in GOLDEN.rglob("*.*")}
    assert there == {f"{name}/{format_}" for name in REPORTS for format_ in FORMATS}
