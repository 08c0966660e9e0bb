from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given

from servegate.findings import Finding, NotExamined, Report, Verdict
from servegate.report import github_annotations
from tests.support.reports import ADVISORY, REJECTED, REJECTED_MODEL, STALE, hostile_reports
from tests.support.runner import obeyed


def test_says_what_and_where() -> None:
    errors = [one for one in obeyed(github_annotations.render(REJECTED)) if one.name == "error"]
    assert errors[0].properties == {
        "file": "deploy/models.config",
        "line": "7",
        "title": "regressor 2: The server answers with the candidate",
    }
    assert errors[0].data == (
        f"{STALE.message}\nExpected: version 2\nObserved: version 1\n"
        "Remedy: Remove the pin, or write 2 in it."
    )


def test_levels_follow_what_a_finding_weighs() -> None:
    commands = obeyed(github_annotations.render(REJECTED))
    assert Counter(one.name for one in commands) == {"error": 2, "warning": 3, "notice": 3}
    (label,) = [one for one in commands if "The label" in one.data]
    assert label.name == "warning"  # advisory, though it stands in a check that rejects


@given(hostile_reports)
def test_every_line_is_one_command_of_ours(report: Report) -> None:
    text = github_annotations.render(report)
    commands = obeyed(text)
    assert len(commands) == text.count("\n")
    for one in commands:
        assert set(one.properties) <= {"file", "line", "title"}
        assert "\n" not in one.properties.get("title", "")
        assert len(one.data.encode("utf-16-le")) // 2 <= github_annotations.LONGEST
    for level, count in Counter(one.name for one in commands).items():
        assert level in {"error", "warning", "notice"}
        assert count <= github_annotations.PER_LEVEL


def test_the_last_one_counts_those_that_are_not_shown() -> None:
    checks = (*(STALE,) * 12, *(ADVISORY,) * 11)
    report = replace(REJECTED, models=(replace(REJECTED_MODEL, checks=checks),))
    commands = obeyed(github_annotations.render(report, details="out/report.json"))
    errors = [one for one in commands if one.name == "error"]
    warnings = [one for one in commands if one.name == "warning"]
    assert (len(errors), len(warnings)) == (10, 10)
    assert errors[-1].data == "3 more like this are in out/report.json."
    assert warnings[-1].data == "14 more like this are in out/report.json."


def test_ten_are_shown_without_a_word() -> None:
    one = replace(STALE, findings=STALE.findings[:1])
    report = replace(REJECTED, models=(replace(REJECTED_MODEL, checks=(one,) * 10),))
    errors = [one for one in obeyed(github_annotations.render(report)) if one.name == "error"]
    assert len(errors) == 10
    assert "more like this" not in errors[-1].data


def test_long_messages_are_cut() -> None:
    long = replace(STALE, message="ß" * 5_000, findings=(Finding(message=""),))
    report = replace(REJECTED, models=(replace(REJECTED_MODEL, checks=(long,)),))
    data = obeyed(github_annotations.render(report))[0].data
    assert data.endswith("ß…")
    assert 4_090 < len(data.encode()) <= 4_096


def test_what_was_not_examined_is_one_notice_a_model_escaped_and_cut() -> None:
    absent = tuple(
        NotExamined(what=f"{number}: 100%\r\n::error::x ##[add-path]/tmp", enable="ß" * 300)
        for number in range(20)
    )
    model = replace(REJECTED_MODEL, checks=(), not_examined=absent)
    text = github_annotations.render(replace(REJECTED, models=(model,), not_examined=(), notes=()))
    (notice,) = obeyed(text)
    assert (notice.name, notice.properties["title"]) == ("notice", "regressor 2: not examined")
    assert notice.data.startswith("0: 100%\n::error::x #\\#[add-path]/tmp: ßß")
    assert "\n1: 100%" in notice.data
    assert notice.data.endswith("…")
    assert 4_090 < len(notice.data.encode()) <= github_annotations.LONGEST


def test_nothing_to_say_is_nothing() -> None:
    silent = replace(REJECTED, verdict=Verdict.UNCHANGED, models=(), notes=(), not_examined=())
    assert github_annotations.render(silent) == ""
