from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given

from servegate.findings import CheckResult, Report
from servegate.report import json_report
from tests.support.reports import (
    ADVISORY,
    ERRORED,
    PASSED,
    REJECTED,
    REJECTED_MODEL,
    REPORTS,
    STALE,
    hostile_reports,
)

TEXT = {"type": "string"}
MAYBE = {"type": ["string", "null"]}
TEXTS = {"type": "array", "items": TEXT}
SECONDS = {"type": "number", "minimum": 0}
SEVERITY = {"enum": ["blocking", "advisory"]}
VERDICT = {"enum": ["accepted", "rejected", "undecided", "unchanged"]}


def record(**properties: object) -> dict[str, object]:
    """An object with exactly these keys."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


SAID = {
    "severity": SEVERITY,
    "message": TEXT,
    "expected": TEXT,
    "observed": TEXT,
    "remedy": TEXT,
    "location": {
        "anyOf": [{"type": "null"}, record(file=TEXT, line={"type": ["integer", "null"]})]
    },
    "evidence": {"type": "object"},
}
CHECK = record(
    id=TEXT,
    title=TEXT,
    status={"enum": ["passed", "failed", "errored", "skipped"]},
    findings={"type": "array", "items": record(**SAID)},
    seconds=SECONDS,
    **SAID,
)
MODEL = record(
    name=TEXT,
    path=TEXT,
    candidate=MAYBE,
    baseline=TEXTS,
    image_id=MAYBE,
    image_digest=MAYBE,
    verdict=VERDICT,
    seconds=SECONDS,
    phases={"type": "object", "additionalProperties": SECONDS},
    evidence_seconds={"type": "object", "additionalProperties": SECONDS},
    not_examined=TEXTS,
    checks={"type": "array", "items": CHECK},
)
SCHEMA = record(
    schema={"const": 1},
    verdict=VERDICT,
    base=MAYBE,
    head=MAYBE,
    runtime=TEXT,
    serving_image=MAYBE,
    seconds=SECONDS,
    interrupted={"type": "boolean"},
    shard=MAYBE,
    phases={"type": "object", "additionalProperties": SECONDS},
    models={"type": "array", "items": MODEL},
    not_examined=TEXTS,
    notes=TEXTS,
)


def no_constant(name: str) -> object:
    raise AssertionError(f"{name} is not JSON")


def parsed(report: Report) -> dict[str, object]:
    document = json.loads(json_report.render(report).encode(), parse_constant=no_constant)
    jsonschema.validate(document, SCHEMA)
    assert isinstance(document, dict)
    return document


def check(result: CheckResult) -> dict[str, object]:
    report = replace(REJECTED, models=(replace(REJECTED_MODEL, checks=(result,)),))
    models = parsed(report)["models"]
    assert isinstance(models, list)
    found = models[0]["checks"][0]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_has_the_shape_of_schema_1(name: str) -> None:
    assert parsed(REPORTS[name])["verdict"] == REPORTS[name].verdict


@given(hostile_reports)
def test_is_json_in_utf8_whatever_the_report_holds(report: Report) -> None:
    parsed(report)


def test_the_worst_finding_stands_in_front_and_among_all() -> None:
    found = check(STALE)
    assert found["expected"] == "version 2"
    assert found["location"] == {"file": "deploy/models.config", "line": 7}
    assert found["evidence"] == {"answered": "1", "latency": "nan"}
    findings = found["findings"]
    assert isinstance(findings, list)
    assert [one["severity"] for one in findings] == ["blocking", "advisory"]


def test_a_result_without_findings_speaks_for_itself() -> None:
    assert check(ERRORED)["remedy"] == ERRORED.remedy
    assert check(PASSED)["findings"] == []
    assert check(ADVISORY)["message"] == ADVISORY.message  # with the reason that was configured


def test_evidence_of_any_kind_becomes_json() -> None:
    evidence = {
        "tuple": (1, 2.5, True, None),
        "infinite": [float("-inf"), float("nan")],
        "object": {b"\xff": {1}},
        "lone": "\ud800",
    }
    assert check(replace(PASSED, evidence=evidence))["evidence"] == {
        "tuple": [1, 2.5, True, None],
        "infinite": ["-inf", "nan"],
        "object": {"b'\\xff'": [1]},
        "lone": "\\ud800",
    }


def test_evidence_without_end_is_cut() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless
    assert "…" in json.dumps(check(replace(PASSED, evidence=endless)), ensure_ascii=False)
