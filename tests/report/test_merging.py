from __future__ import annotations

from dataclasses import replace

import pytest

from servegate.findings import Report, Verdict
from servegate.report.merging import merge
from servegate.shards import Shard
from tests.support.reports import ACCEPTED, INTERRUPTED, REJECTED, UNCHANGED, UNDECIDED


def shard(report: Report, index: int, total: int) -> Report:
    return replace(report, shard=Shard(index=index, total=total))


@pytest.mark.parametrize(
    ("reports", "verdict"),
    [
        ((ACCEPTED, ACCEPTED), Verdict.ACCEPTED),
        ((ACCEPTED, UNCHANGED), Verdict.ACCEPTED),
        ((UNCHANGED, UNCHANGED), Verdict.UNCHANGED),
        ((ACCEPTED, REJECTED), Verdict.REJECTED),
        ((UNDECIDED, ACCEPTED), Verdict.UNDECIDED),
        ((UNDECIDED, REJECTED), Verdict.REJECTED),
    ],
)
def test_the_worst_verdict_counts(reports: tuple[Report, ...], verdict: Verdict) -> None:
    parts = [shard(one, index, len(reports)) for index, one in enumerate(reports, start=1)]
    merged = merge(parts, ())
    assert merged.verdict is verdict
    assert len(merged.models) == sum(len(one.models) for one in reports)
    assert merged.shard is None


def test_a_single_whole_report_stays_what_it_is() -> None:
    assert merge([ACCEPTED], ()).verdict is Verdict.ACCEPTED


def test_shards_take_their_time_side_by_side() -> None:
    first = shard(replace(ACCEPTED, phases={"setup": 8.0, "selection": 0.2}), 1, 2)
    second = shard(replace(ACCEPTED, phases={"setup": 5.0, "report": 0.1}), 2, 2)
    phases = {"setup": 8.0, "selection": 0.2, "report": 0.1}
    assert merge([first, second], ()).phases == phases


def test_a_verdict_cannot_be_better_than_that_on_a_model() -> None:
    forged = replace(REJECTED, verdict=Verdict.ACCEPTED)
    assert merge([forged], ()).verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("reports", "doubt"),
    [
        ((), "no report of a shard was found"),
        ((shard(ACCEPTED, 1, 3), shard(ACCEPTED, 3, 3)), "shards are missing: 2/3"),
        ((shard(ACCEPTED, 1, 1), shard(ACCEPTED, 1, 1)), "several reports are of the same shard"),
        ((shard(ACCEPTED, 1, 2), shard(ACCEPTED, 2, 3)), "different divisions: by 2, 3"),
        (
            (shard(ACCEPTED, 1, 2), shard(replace(ACCEPTED, head="3" * 40), 2, 2)),
            "different commits: 222",
        ),
        ((replace(ACCEPTED, interrupted=True),), "a shard was interrupted"),
    ],
)
def test_what_is_not_known_is_not_green(reports: tuple[Report, ...], doubt: str) -> None:
    merged = merge(reports, ())
    assert merged.verdict is Verdict.UNDECIDED
    assert any(doubt in one.what for one in merged.not_examined)
    assert not merged.interrupted  # the merge was not


def test_a_report_that_cannot_be_had_is_named() -> None:
    merged = merge([ACCEPTED], ["b/report.json cannot be read (No such file or directory)"])
    assert merged.verdict is Verdict.UNDECIDED
    assert "b/report.json cannot be read" in str(merged.not_examined[-1])


def test_a_rejection_stands_whatever_else_is_missing() -> None:
    assert merge([shard(REJECTED, 1, 2)], ["x"]).verdict is Verdict.REJECTED
    assert merge([INTERRUPTED, REJECTED], ()).verdict is Verdict.REJECTED
