"""What a check says: findings, remarks, and the result that goes into the reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from servegate.shards import Shard


class Status(StrEnum):
    """The four outcomes of a check; "could not tell" (`ERRORED`) is one of them."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    SKIPPED = "skipped"


class Severity(StrEnum):
    """Whether a failed check rejects the change or only informs."""

    BLOCKING = "blocking"
    ADVISORY = "advisory"


class Verdict(StrEnum):
    """What the gate says of one candidate, or of the whole change."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDECIDED = "undecided"
    UNCHANGED = "unchanged"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Rejected beats undecided, and both beat accepted; `UNCHANGED` where there are none."""
    given = set(verdicts)
    order = (Verdict.REJECTED, Verdict.UNDECIDED, Verdict.ACCEPTED)
    return next((one for one in order if one in given), Verdict.UNCHANGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where something is decided: a file, relative to the repository, and a line from 1."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong, in the words of somebody whose merge has just been blocked.

    `severity` overrides the check's own (an inherited fault is advisory where a new one blocks).
    `evidence` holds JSON-ready details for `report.json`.
    """

    message: str
    expected: str = ""
    observed: str = ""
    remedy: str = ""
    location: Location | None = None
    severity: Severity | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something worth knowing about a check that passes ("republishes version 5")."""

    message: str
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotExamined:
    """What no check could look at, and the smallest thing that enables it."""

    what: str
    enable: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.enable}" if self.enable else self.what


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The outcome of one check on one candidate.

    `findings` are ordered worst first and empty unless the status is `FAILED`. `message` is the
    reason for `ERRORED` and `SKIPPED`, the joined remarks for `PASSED`, the first finding's
    message for `FAILED`. `seconds` is the check's own time; evidence is timed apart.
    """

    id: str
    title: str
    status: Status
    severity: Severity
    message: str = ""
    remedy: str = ""
    findings: tuple[Finding, ...] = ()
    evidence: Mapping[str, object] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def rejects(self) -> bool:
        """Whether this result alone rejects the change."""
        return self.status is Status.FAILED and self.severity is Severity.BLOCKING


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReport:
    """Everything the gate found out about one (model, candidate).

    `candidate` is None where no version could be named (an unclaimed `saved_model.pb`, a model
    that was removed). Versions are strings: they are int64 and JSON's numbers are not. `image_id`
    is what the engine calls the candidate's image, `image_digest` what a registry calls it, None
    as long as it is in none. `phases` and `evidence_seconds` divide the time in two ways.
    """

    name: str
    path: str
    candidate: str | None
    baseline: tuple[str, ...]
    verdict: Verdict
    checks: tuple[CheckResult, ...]
    not_examined: tuple[NotExamined, ...] = ()
    seconds: float = 0.0
    phases: Mapping[str, float] = field(default_factory=dict)
    evidence_seconds: Mapping[str, float] = field(default_factory=dict)
    image_id: str | None = None
    image_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The verdict on one change. `notes` are remarks about the run as a whole.

    `shard` is the part of the change that was examined, None for all of it. `phases` are the parts
    of the time that belong to no model (`servegate.phases`), in seconds; `SETUP` comes before
    `seconds` begin and `REPORT` after they end.
    """

    verdict: Verdict
    base: str | None
    head: str | None
    runtime: str
    seconds: float
    models: tuple[ModelReport, ...]
    serving_image: str | None = None
    not_examined: tuple[NotExamined, ...] = ()
    notes: tuple[str, ...] = ()
    interrupted: bool = False
    shard: Shard | None = None
    phases: Mapping[str, float] = field(default_factory=dict)
