"""From results to verdicts."""

from __future__ import annotations

import pytest

from servegate.engine.judge import verdict_on_model
from servegate.findings import CheckResult, Severity, Status, Verdict, worst


def result(status: Status, severity: Severity = Severity.BLOCKING) -> CheckResult:
    return CheckResult(id="a/b", title="", status=status, severity=severity)


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([result(Status.PASSED)], Verdict.ACCEPTED),
        ([result(Status.PASSED), result(Status.SKIPPED)], Verdict.ACCEPTED),
        ([result(Status.PASSED), result(Status.FAILED)], Verdict.REJECTED),
        ([result(Status.FAILED, Severity.ADVISORY)], Verdict.ACCEPTED),
        ([result(Status.ERRORED), result(Status.PASSED)], Verdict.UNDECIDED),
        ([result(Status.ERRORED), result(Status.FAILED)], Verdict.REJECTED),
        # What was not validated is not green.
        ([result(Status.SKIPPED)], Verdict.UNDECIDED),
        ([], Verdict.UNDECIDED),
    ],
)
def test_verdict_on_a_model(results: list[CheckResult], verdict: Verdict) -> None:
    assert verdict_on_model(results) is verdict


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        ([], Verdict.UNCHANGED),
        ([Verdict.ACCEPTED], Verdict.ACCEPTED),
        ([Verdict.ACCEPTED, Verdict.UNDECIDED], Verdict.UNDECIDED),
        ([Verdict.UNDECIDED, Verdict.REJECTED, Verdict.ACCEPTED], Verdict.REJECTED),
    ],
)
def test_the_worst_verdict_is_the_change_s(verdicts: list[Verdict], verdict: Verdict) -> None:
    assert worst(verdicts) is verdict
