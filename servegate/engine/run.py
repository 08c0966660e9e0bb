"""Runs the checks of one candidate, in the order of what they need."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from servegate.checks import Check
from servegate.engine.judge import Rulings, weigh
from servegate.engine.store import EvidenceStore, as_broken
from servegate.errors import Interrupted
from servegate.findings import CheckResult, Finding, NotExamined, Remark, Severity, Status
from servegate.providers import Blocked, Broken, NotApplicable

INTERRUPTED = "The run was interrupted before this was examined."


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """The results of all checks of one candidate, and what could not be examined."""

    results: tuple[CheckResult, ...]
    not_examined: tuple[NotExamined, ...]
    interrupted: bool


def examine(store: EvidenceStore, rulings: Rulings) -> Examination:
    """Runs every check that the store's seeds make possible; never raises for a check's sake."""
    checks = [one for one in store.registry.ordered() if store.registry.can_run(one, store.seeds)]
    results: list[CheckResult] = []
    not_examined: dict[NotExamined, None] = {}
    interrupted = False
    for check in checks:
        if interrupted:
            results.append(_skipped(check, INTERRUPTED))
            continue
        try:
            result = _run(check, store, rulings, not_examined)
        except Interrupted:
            interrupted = True
            result = _skipped(check, INTERRUPTED)
        if result.rejects or result.status is Status.ERRORED:
            store.not_passed.add(check.id)
        results.append(result)
        store.progress.check_finished(store.subject, result)
    return Examination(
        results=tuple(results), not_examined=tuple(not_examined), interrupted=interrupted
    )


def _run(
    check: Check,
    store: EvidenceStore,
    rulings: Rulings,
    not_examined: dict[NotExamined, None],
) -> CheckResult:
    started = time.monotonic()
    evidence_before = sum(store.seconds.values())
    try:
        said = tuple(check.function(**store.arguments(check.needs)))
        not_examined.update((one, None) for one in said if isinstance(one, NotExamined))
        result = _judged(check, said, rulings)
    except NotApplicable as absent:
        if absent.enable:
            not_examined[NotExamined(what=absent.reason, enable=absent.enable)] = None
        result = _skipped(check, absent.reason, absent.enable)
    except Blocked as absent:
        result = _skipped(check, f"Not examined, since {absent.by} has the reason: {absent.reason}")
    except Broken as absent:
        told = Blocked(absent.reason.partition("\n")[0], by=check.id)
        store.replace_absence(absent, told)
        result = _errored(check, absent)
    except Interrupted:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is no verdict
        result = _errored(check, as_broken(error, f"the check {check.id}"))
    spent = time.monotonic() - started - (sum(store.seconds.values()) - evidence_before)
    return replace(result, seconds=max(0.0, spent))


def _judged(
    check: Check, said: tuple[Finding | Remark | NotExamined, ...], rulings: Rulings
) -> CheckResult:
    remarks = [one for one in said if isinstance(one, Remark)]
    found = [one for one in said if isinstance(one, Finding)]
    if not found:
        return CheckResult(
            id=check.id,
            title=check.title,
            status=Status.PASSED,
            severity=check.severity,
            message=" ".join(one.message for one in remarks),
            evidence={key: value for one in remarks for key, value in one.evidence.items()},
        )
    findings = weigh(check.id, found, check.severity, rulings)
    reason = rulings.reason(check.id)
    return CheckResult(
        id=check.id,
        title=check.title,
        status=Status.FAILED,
        severity=findings[0].severity or check.severity,
        message=f"{findings[0].message} {reason}".rstrip(),
        remedy=findings[0].remedy,
        findings=findings,
        evidence=findings[0].evidence,
    )


def _skipped(check: Check, reason: str, remedy: str = "") -> CheckResult:
    return CheckResult(
        id=check.id,
        title=check.title,
        status=Status.SKIPPED,
        severity=check.severity,
        message=reason,
        remedy=remedy,
    )


def _errored(check: Check, broken: Broken) -> CheckResult:
    return CheckResult(
        id=check.id,
        title=check.title,
        status=Status.ERRORED,
        severity=Severity.BLOCKING,
        message=broken.reason,
        remedy=broken.remedy,
    )
