"""`docs/detection.md`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.detection.case import Kind
from benchmarks.detection.catalogue import Entry
from benchmarks.detection.page import Results, page
from tests.support.benchrows import CLAIMS, peer_row, row

HOSTILE = "<img src=x>|`code`\n\n# a heading\udcff"
RESULTS = Results(
    rows=(
        row(Kind.HEALTHY, "healthy"),
        row(Kind.MUTANT, "G01", exit_code=1, failed=("deaf",)),
        row(Kind.MUTANT, "G01", exit_code=1, failed=("stale",), origin="cars"),
        row(Kind.MUTANT, "R05"),
        row(Kind.TWIN, "G01", exit_code=1, failed=("deaf",)),
        row(Kind.TWIN, "R05"),
        row(Kind.SCENARIO, "H01", exit_code=3, origin="cars"),
    ),
    peers=(
        peer_row("smoke", Kind.MUTANT, "G01", noticed=True),
        peer_row("smoke", Kind.TWIN, "G01", noticed=False),
        peer_row("smoke", Kind.MUTANT, "G01", noticed=True, origin="cars"),
        peer_row("smoke", Kind.TWIN, "G01", noticed=True, origin="cars"),
        peer_row("scan", Kind.MUTANT, "G01", noticed=False),
    ),
    missing_peers=("modelscan is not installed",),
    claims=CLAIMS,
    faults=(
        Entry(id="G01", name="deaf"),
        Entry(id="R05", name="slower"),
        Entry(id="X06", name="secrets", without="it is in the workflow"),
    ),
    healthy=(Entry(id="H01", name="retrained"), Entry(id="H02", name="new words")),
    exceptions={"mutant G01 graph/one on cars": "the output is a constant in base too"},
)


def cells(text: str, first: str) -> list[str]:
    (line,) = [one for one in text.splitlines() if one.startswith(f"| {first} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_row_for_each_fault() -> None:
    text = page(RESULTS)
    assert cells(text, "G01") == ["G01", "deaf", "2", "1", "1", "0", "0", "1", "1", "smoke 2/2"]
    unclaimed = ["1", "0", "0", "0", "1", "1", "0", ""]
    assert cells(text, "R05") == ["R05", "slower (not claimed yet)", *unclaimed]
    assert cells(text, "X06") == ["X06", "secrets", "it is in the workflow"]


def test_a_row_for_each_healthy_change_that_was_run() -> None:
    text = page(RESULTS)
    assert cells(text, "H01") == ["H01", "retrained", "1", "1", "0"]
    assert "H02" not in text


def test_a_row_for_each_model() -> None:
    text = page(RESULTS)
    assert cells(text, "iris") == ["iris", "1", "1", "3", "0", "1"]
    assert cells(text, "cars") == ["cars", "1", "0", "1", "1", "0"]


def test_totals() -> None:
    text = page(RESULTS)
    assert "| 1 of 2 (9.5 % to 90.5 %) |" in text
    assert "| all mutants, merge blocked | 2 of 3 (20.8 % to 93.9 %) |" in text
    assert "7 pull requests of 2 models; 1 healthy ones were left undecided." in text


def test_peers() -> None:
    text = page(RESULTS)
    assert cells(text, "smoke")[1:] == [
        "2 of 2 (34.2 % to 100.0 %)",
        "1 of 2 (9.5 % to 90.5 %)",
        "1 of 2 (9.5 % to 90.5 %)",
    ]
    assert cells(text, "scan")[1:] == ["0 of 1 (0.0 % to 79.3 %)", "none", "none"]
    assert "Not run: modelscan is not installed." in text


def test_peers_that_were_not_run() -> None:
    text = page(replace(RESULTS, peers=(), missing_peers=()))

    assert "They were not run this time." in text
    assert "| smoke |" not in text


def test_scope_of_a_run() -> None:
    assert "Only a sample." in page(replace(RESULTS, scope="Only a sample."))


def test_exceptions_have_their_reasons() -> None:
    assert "the output is a constant in base too" in page(RESULTS)
    assert "\n\nNone.\n\n" in page(replace(RESULTS, exceptions={}))


@pytest.mark.parametrize(
    "results",
    [
        replace(RESULTS, rows=(row(Kind.MUTANT, "G01", origin=HOSTILE),)),
        replace(RESULTS, exceptions={HOSTILE: HOSTILE}),
        replace(RESULTS, missing_peers=(HOSTILE,)),
        replace(RESULTS, peers=(peer_row(HOSTILE, Kind.MUTANT, "G01", noticed=True),)),
    ],
)
def test_text_from_outside_stays_text(results: Results) -> None:
    text = page(results)
    assert "<img" not in text
    assert "\n# a heading" not in text
    assert "`code`" not in text
    text.encode()
    widths = {line.count("|") for line in text.splitlines() if line.startswith("| G01")}
    assert widths == {11}
