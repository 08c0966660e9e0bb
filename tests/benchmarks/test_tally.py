"""Counts and intervals."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import pytest

from benchmarks.detection.case import Kind
from benchmarks.detection.row import Outcome
from benchmarks.detection.tally import Share, accused, counted, detected
from tests.support.benchrows import CLAIMS, row

ROWS = (
    row(Kind.MUTANT, "G01", exit_code=1, failed=("deaf",)),
    row(Kind.MUTANT, "G01", origin="cars"),
    row(Kind.MUTANT, "R05", origin="cars"),
    row(Kind.TWIN, "G01"),
    row(Kind.TWIN, "G01", exit_code=1, origin="cars"),
    row(Kind.SCENARIO, "H01", exit_code=3),
)


@pytest.mark.parametrize(("hits", "of"), [(0, 10), (1, 7), (5, 10), (99, 100), (10, 10)])
def test_the_ends_are_where_the_score_test_would_just_reject(hits: int, of: int) -> None:
    z = NormalDist().inv_cdf(0.975)
    share = Share(hits=hits, of=of)
    low, high = share.interval()
    assert 0.0 <= low <= hits / of <= high + 1e-9
    assert high <= 1.0
    for end in (low, high):
        spread = z * sqrt(end * (1 - end) / of)
        assert abs(hits / of - end) == pytest.approx(spread, abs=1e-6)


def test_a_share_in_words() -> None:
    assert str(Share(hits=5, of=10)) == "5 of 10 (23.7 % to 76.3 %)"
    assert str(Share(hits=0, of=0)) == "none"


def test_only_claimed_faults_count_as_to_be_detected() -> None:
    assert detected(ROWS, CLAIMS) == Share(hits=1, of=2)


def test_undecided_is_no_accusation() -> None:
    assert accused(ROWS, CLAIMS) == Share(hits=1, of=3)


def test_counts_keep_mutants_and_healthy_changes_apart() -> None:
    counts = counted(ROWS, CLAIMS, lambda one: one.subject)
    assert list(counts) == ["G01", "H01", "R05"]
    assert counts["G01"].mutants == {Outcome.CLAIMED: 1, Outcome.MISSED: 1}
    assert counts["G01"].healthy == {Outcome.PASSED: 1, Outcome.ACCUSED: 1}
    assert counts["H01"].healthy == {Outcome.UNDECIDED: 1}
