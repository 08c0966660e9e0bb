from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from servegate.findings import Report
from servegate.report import json_report
from servegate.report.reading import Unreadable, read
from tests.support.reports import REJECTED, REPORTS, hostile_reports

Document = dict[str, Any]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_comes_back(name: str) -> None:
    text = json_report.render(REPORTS[name])
    again = read(text)
    assert again.verdict is REPORTS[name].verdict
    assert [model.name for model in again.models] == [model.name for model in REPORTS[name].models]
    assert json_report.render(again) == text


@given(hostile_reports)
def test_whatever_was_written_comes_back(report: Report) -> None:
    text = json_report.render(report)
    assert json_report.render(read(text.encode())) == text


def test_what_a_later_gate_adds_is_passed_over() -> None:
    document = json.loads(json_report.render(REJECTED))
    document["news"] = 1
    document["models"][0]["checks"][0]["news"] = {}
    assert read(json.dumps(document)).verdict is REJECTED.verdict


def test_what_an_earlier_gate_did_not_write_is_done_without() -> None:
    document = json.loads(json_report.render(REJECTED))
    del document["phases"]
    del document["models"][0]["phases"]
    found = read(json.dumps(document))
    assert (found.phases, found.models[0].phases) == ({}, {})


def _with(path: tuple[str | int, ...], value: object) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        inner: Any = document
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value

    return change


CHECK = ("models", 1, "checks", 1)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_with(("schema",), 2), "its schema is 2, not 1"),
        (_with(("verdict",), "splendid"), "'verdict' of the document is not one of accepted"),
        (_with(("verdict",), ["accepted"]), "'verdict' of the document is not text"),
        (_with(("base",), 7), "'base' of the document is not text"),
        (_with(("seconds",), 10**400), "'seconds' of the document is not a duration"),
        (_with(("seconds",), "3"), "'seconds' of the document is not a duration"),
        (_with(("interrupted",), 0), "'interrupted' of the document is not true or false"),
        (_with(("shard",), "5/4"), "its shard '5/4' is not I/N"),
        (_with(("models",), {}), "'models' of the document is not a list"),
        (_with(("models", 0), "x"), "an entry of models is not an object"),
        (_with(("notes",), [1]), "'notes' of the document is not a list of texts"),
        (_with(("models", 0, "evidence_seconds"), {"a": "b"}), "'evidence_seconds' of an entry"),
        (_with((*CHECK, "status"), "fine"), "'status' of an entry of checks is not one of"),
        (_with((*CHECK, "evidence"), []), "'evidence' of an entry of checks is not an object"),
        (_with((*CHECK, "findings", 0, "location"), "a:1"), "a location is not an object"),
        (_with((*CHECK, "findings", 0, "location", "line"), "1"), "line of a location"),
    ],
)
def test_says_what_is_wrong(change: Callable[[Document], None], why: str) -> None:
    document = json.loads(json_report.render(REJECTED))
    change(document)
    with pytest.raises(Unreadable, match=why.replace("(", r"\(")):
        read(json.dumps(document))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", b"\xff\xfe", "[" * 100_000, '"x"'])
def test_what_is_no_report_is_said_to_be_none(text: str | bytes) -> None:
    with pytest.raises(Unreadable):
        read(text)
