"""From what checks said to a verdict: severities, accepted failures, exit codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from servegate.findings import CheckResult, Finding, Severity, Status, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the configuration says of one check: another severity, or an accepted failure."""

    severity: Severity
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulings:
    """The rulings for one candidate.

    `overrides` come from `models[].checks`, `accepted` from `accept:` entries that name this
    model and this very version; both by check id. `strict` makes advisory findings block unless
    the configuration says otherwise (`--fail-on advisory`).
    """

    overrides: Mapping[str, Ruling] = field(default_factory=dict)
    accepted: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False

    def severity(self, check: str, finding: Finding, default: Severity) -> Severity:
        """How much one finding weighs."""
        if check in self.accepted:
            return Severity.ADVISORY
        if check in self.overrides:
            return self.overrides[check].severity
        if self.strict:
            return Severity.BLOCKING
        return finding.severity or default

    def reason(self, check: str) -> str:
        """Why a failure of this check only informs, empty where nobody said so."""
        if check in self.accepted:
            return f"Accepted in the configuration: {self.accepted[check]}"
        if check in self.overrides:
            ruling = self.overrides[check]
            return f"Set to {ruling.severity} in the configuration: {ruling.reason}"
        return ""


def weigh(
    check: str, findings: Iterable[Finding], default: Severity, rulings: Rulings
) -> tuple[Finding, ...]:
    """The findings with their final severities, blocking ones first."""
    weighed = [
        replace(finding, severity=rulings.severity(check, finding, default)) for finding in findings
    ]
    return tuple(sorted(weighed, key=lambda one: one.severity is not Severity.BLOCKING))


def verdict_on_model(results: Iterable[CheckResult]) -> Verdict:
    """Rejected beats undecided; a candidate on which no check passed or failed is undecided."""
    results = tuple(results)
    if any(one.rejects for one in results):
        return Verdict.REJECTED
    if any(one.status is Status.ERRORED for one in results):
        return Verdict.UNDECIDED
    if not any(one.status in (Status.PASSED, Status.FAILED) for one in results):
        return Verdict.UNDECIDED
    return Verdict.ACCEPTED
