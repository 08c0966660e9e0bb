"""What a row means, and that it survives its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.detection.case import Kind
from benchmarks.detection.row import Outcome, Row, read_rows, write_rows
from tests.support.benchrows import CLAIMS, row

MEANINGS = [
    (row(Kind.MUTANT, "G01", exit_code=1, failed=("deaf",)), Outcome.CLAIMED, False),
    (row(Kind.MUTANT, "G01", exit_code=1, failed=("stale",)), Outcome.OTHER, True),
    (row(Kind.MUTANT, "G01", exit_code=3), Outcome.UNDECIDED, True),
    (row(Kind.MUTANT, "G01"), Outcome.MISSED, True),
    (row(Kind.MUTANT, "G01", advised=("deaf",)), Outcome.MISSED, True),
    (row(Kind.MUTANT, "G01", advised=("deaf",), advisory=True), Outcome.CLAIMED, False),
    (row(Kind.MUTANT, "R05"), Outcome.MISSED, False),
    (row(Kind.TWIN, "G01"), Outcome.PASSED, False),
    (row(Kind.TWIN, "G01", advised=("style",)), Outcome.PASSED, False),
    (row(Kind.TWIN, "G01", exit_code=1, failed=("deaf",)), Outcome.ACCUSED, True),
    (row(Kind.TWIN, "R05", exit_code=1, failed=("deaf",)), Outcome.ACCUSED, True),
    (row(Kind.TWIN, "G01", exit_code=3), Outcome.UNDECIDED, True),
    (row(Kind.SCENARIO, "H01"), Outcome.PASSED, False),
    (row(Kind.SCENARIO, "H01", advised=("style",)), Outcome.ACCUSED, True),
    (row(Kind.SCENARIO, "H01", advised=("style",), allowed=("style",)), Outcome.PASSED, False),
    (row(Kind.HEALTHY, "healthy", advised=("style",)), Outcome.PASSED, False),
    (row(Kind.HEALTHY, "healthy", exit_code=1), Outcome.ACCUSED, True),
]


@pytest.mark.parametrize(("given", "outcome", "fails"), MEANINGS)
def test_meaning(given: Row, outcome: Outcome, fails: bool) -> None:  # noqa: FBT001 - a case
    assert given.outcome(CLAIMS) is outcome
    assert given.fails(CLAIMS) is fails


def test_rows_survive_their_file(tmp_path: Path) -> None:
    rows = tuple(given for given, _, _ in MEANINGS)
    write_rows(rows, tmp_path / "rows.jsonl")
    assert read_rows(tmp_path / "rows.jsonl") == rows
