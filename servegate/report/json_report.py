"""`report.json`: everything the gate knows, for programs. Schema 1; every key is always there."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping

from servegate.findings import CheckResult, Finding, Location, ModelReport, NotExamined, Report
from servegate.report.safe import ELLIPSIS, unicode_text
from servegate.report.words import finite, points

SCHEMA = 1
_DEEPEST = 50  # levels of evidence; a server's answer may be nested to overflow the stack


def render(report: Report) -> str:
    """The report as JSON text; versions are strings, durations are seconds."""
    document = {
        "schema": SCHEMA,
        "verdict": report.verdict,
        "base": report.base,
        "head": report.head,
        "runtime": report.runtime,
        "serving_image": report.serving_image,
        "seconds": finite(report.seconds),
        "interrupted": report.interrupted,
        "shard": str(report.shard) if report.shard else None,
        "phases": _seconds(report.phases),
        "models": [_model(model) for model in report.models],
        "not_examined": _strings(report.not_examined),
        "notes": list(report.notes),
    }
    return json.dumps(plain(document), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def plain(value: object, depth: int = 0) -> object:
    """The value in JSON's own types: NaN and infinities as strings, unknown objects as text."""
    if depth > _DEEPEST:
        return ELLIPSIS
    match value:
        case None | bool() | int():
            return value
        case str():
            return unicode_text(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case Mapping():
            items = value.items()
            return {unicode_text(str(key)): plain(item, depth + 1) for key, item in items}
        case list() | tuple() | set() | frozenset():
            return [plain(item, depth + 1) for item in value]
        case _:
            return unicode_text(str(value))


def _model(model: ModelReport) -> dict[str, object]:
    return {
        "name": model.name,
        "path": model.path,
        "candidate": model.candidate,
        "baseline": list(model.baseline),
        "image_id": model.image_id,
        "image_digest": model.image_digest,
        "verdict": model.verdict,
        "seconds": finite(model.seconds),
        "phases": _seconds(model.phases),
        "evidence_seconds": _seconds(model.evidence_seconds),
        "not_examined": _strings(model.not_examined),
        "checks": [_check(result) for result in model.checks],
    }


def _seconds(parts: Mapping[str, float]) -> dict[str, float]:
    return {name: finite(seconds) for name, seconds in parts.items()}


def _check(result: CheckResult) -> dict[str, object]:
    worst = points(result)[0]
    return {
        "id": result.id,
        "status": result.status,
        "severity": result.severity,
        "title": result.title,
        **_said(worst),
        "evidence": {**result.evidence, **worst.evidence},
        "findings": [_finding(finding, result) for finding in result.findings],
        "seconds": finite(result.seconds),
    }


def _finding(finding: Finding, result: CheckResult) -> dict[str, object]:
    return {
        "severity": finding.severity or result.severity,
        **_said(finding),
        "evidence": finding.evidence,
    }


def _said(finding: Finding) -> dict[str, object]:
    return {
        "message": finding.message,
        "expected": finding.expected,
        "observed": finding.observed,
        "remedy": finding.remedy,
        "location": _location(finding.location),
    }


def _location(location: Location | None) -> dict[str, object] | None:
    return {"file": location.file, "line": location.line} if location else None


def _strings(absent: Iterable[NotExamined]) -> list[str]:
    return [str(one) for one in absent]
