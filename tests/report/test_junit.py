from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
import xmlschema
from hypothesis import given

from servegate.findings import CheckResult, Finding, Report, Severity, Status, Verdict
from servegate.report import junit
from tests.support.reports import (
    ACCEPTED,
    ACCEPTED_MODEL,
    INTERRUPTED,
    NOTHING_EXAMINED,
    PASSED,
    REJECTED,
    REJECTED_MODEL,
    REPORTS,
    SKIPPED,
    STALE,
    UNCHANGED,
    hostile_reports,
)

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("junit.xsd")))
GREEN = {Verdict.ACCEPTED, Verdict.UNCHANGED}


def parsed(report: Report) -> ET.Element:
    """The document, valid by the strict rules and with counts that are true."""
    root = ET.fromstring(junit.render(report).encode())  # noqa: S314 - our own
    SCHEMA.validate(root)
    for suite in root:
        for attribute, tag in {
            "tests": ".",
            "failures": "failure",
            "errors": "error",
            "skipped": "skipped",
        }.items():
            found = suite.findall("testcase" if tag == "." else f"testcase/{tag}")
            assert suite.get(attribute) == str(len(found))
    return root


def is_red(root: ET.Element) -> bool:
    return root.find(".//failure") is not None or root.find(".//error") is not None


def case(result: CheckResult) -> ET.Element:
    model = replace(ACCEPTED_MODEL, checks=(PASSED, result))
    found = parsed(replace(ACCEPTED, models=(model,))).find(f".//testcase[@name='{result.id}']")
    assert found is not None
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_is_valid_and_red_exactly_when_the_verdict_is(name: str) -> None:
    assert is_red(parsed(REPORTS[name])) == (REPORTS[name].verdict not in GREEN)


@given(hostile_reports)
def test_is_valid_whatever_the_report_holds(report: Report) -> None:
    root = parsed(report)
    if report.verdict not in GREEN or report.interrupted:
        assert is_red(root)
    for model in report.models:
        for result in model.checks:
            if result.rejects or result.status is Status.ERRORED:
                assert is_red(root)


def test_a_failure_says_everything_in_its_text() -> None:
    failure = case(replace(STALE, seconds=0.0806)).find("failure")
    assert failure is not None
    assert failure.get("message") == STALE.message
    for part in (
        STALE.message,
        "Expected: version 2",
        "Observed: version 1",
        "Where: deploy/models.config:7",
        "Remedy: Remove the pin",
        "Advisory: The label",
        "line two, 100%",
    ):
        assert part in (failure.text or "")


def test_times_have_three_decimals() -> None:
    assert case(replace(PASSED, id="a", seconds=0.12345)).get("time") == "0.123"
    assert case(replace(PASSED, id="a", seconds=float("nan"))).get("time") == "0.000"


def test_an_advisory_failure_is_a_passed_case_with_a_warning() -> None:
    found = case(replace(STALE, severity=Severity.ADVISORY))
    assert [child.tag for child in found] == ["system-out"]
    assert (found[0].text or "").startswith("Warning")


def test_a_skipped_check_says_why() -> None:
    assert [(child.tag, child.get("message")) for child in case(SKIPPED)] == [
        ("skipped", SKIPPED.message)
    ]


def test_a_failure_without_words_is_still_a_failure() -> None:
    mute = replace(STALE, title="", message="\x1b[0m", findings=(Finding(message=""),))
    assert case(mute).find("failure") is not None


def test_names_are_unique_however_alike_the_models_are() -> None:
    long = replace(REJECTED_MODEL, name="x" * 10_000)
    alike = (long, replace(long, name="x" * 10_001), long, replace(long, name="servegate"))
    root = parsed(replace(REJECTED, models=(*alike, replace(alike[-1], candidate=None))))
    names = [suite.get("name") or "" for suite in root]
    assert len(set(names)) == 5
    assert "servegate" not in names  # that name is for what concerns no model
    assert max(map(len, names)) < 200
    for suite in root:
        assert {one.get("classname") for one in suite} == {suite.get("name")}


def test_a_suite_names_the_file_where_something_is_wrong() -> None:
    suites = {suite.get("name"): suite.get("file") for suite in parsed(REJECTED)}
    assert suites["regressor 2"] == "deploy/models.config"
    assert suites["prices 3"] is None


def test_nothing_changed_is_a_passed_case() -> None:
    root = parsed(UNCHANGED)
    assert [one.get("name") for one in root.iter("testcase")] == ["nothing-changed"]
    assert not is_red(root)


@pytest.mark.parametrize(
    ("report", "name"),
    [
        (NOTHING_EXAMINED, "verdict"),
        (replace(UNCHANGED, verdict=Verdict.ACCEPTED), "verdict"),
        (INTERRUPTED, "interrupted"),
        (replace(UNCHANGED, interrupted=True), "interrupted"),
    ],
)
def test_what_no_model_explains_is_an_error_of_the_run(report: Report, name: str) -> None:
    error = parsed(report).find(f"testsuite[@name='servegate']/testcase[@name='{name}']/error")
    assert error is not None


def test_an_undecided_model_of_skipped_checks_is_not_green() -> None:
    model = replace(ACCEPTED_MODEL, verdict=Verdict.UNDECIDED, checks=(SKIPPED,))
    error = parsed(replace(ACCEPTED, verdict=Verdict.UNDECIDED, models=(model,))).find(
        "testsuite[@name='prices 3']/testcase[@name='verdict']/error"
    )
    assert error is not None


def test_texts_are_shortened_until_the_file_may_be_read() -> None:
    long = replace(STALE, findings=(Finding(message="m", observed="é<" * 40_000),))
    models = [replace(REJECTED_MODEL, name=f"m{number}", checks=(long,)) for number in range(9)]
    report = replace(REJECTED, models=tuple(models))
    whole = junit.render(report)
    small = junit.render(report, largest=300_000)
    assert len(small.encode()) <= 300_000 < len(whole.encode())
    assert len(ET.fromstring(small.encode()).findall(".//failure")) == 9  # noqa: S314 - our own
