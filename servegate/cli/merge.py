"""`merge`: the reports of shards as one, and one verdict."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from servegate.cli.publishing import exit_code, publish
from servegate.cli.writing import JSON
from servegate.findings import Report
from servegate.report.merging import merge as merge_reports
from servegate.report.reading import Unreadable, read


def merge(arguments: argparse.Namespace) -> int:
    """Writes the merged reports; one that cannot be had makes the verdict undecided."""
    reports: list[Report] = []
    problems: list[str] = []
    for file in _report_files(arguments.folders):
        try:
            reports.append(read(file.read_bytes()))
        except OSError as error:
            problems.append(f"{file} cannot be read ({error.strerror})")
        except Unreadable as error:
            problems.append(f"{file} is no report: {error}")
    report = merge_reports(reports, problems)
    publish(report, arguments.output, annotated=False)
    return exit_code(report, arguments.fail_on)


def _report_files(given: Iterable[Path]) -> Iterator[Path]:
    """The report of each directory; of one without, those of its directories.

    That is how artifacts are downloaded. Some of these files may not exist.
    """
    for folder in given:
        inner = sorted(one for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []
        alone = (folder / JSON).exists() or not inner
        yield from (one / JSON for one in ([folder] if alone else inner))
