from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from servegate.findings import NotExamined, Report
from servegate.phases import Phase
from servegate.report import summary
from servegate.report.words import PHASES
from tests.support.reports import (
    PASSED,
    REJECTED,
    REJECTED_MODEL,
    REPORTS,
    STALE,
    hostile_reports,
)

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OUR_HTML = re.compile(r"<details><summary>[\w :,]+</summary>|</details>")


def parsed(text: str) -> list[Token]:
    flat: list[Token] = []
    for token in GITHUB.parse(text):
        flat += [token, *(token.children or [])]
    return flat


def assert_harmless(text: str) -> None:
    """No HTML but our own, properly nested; no links, images, or torn tables."""
    tokens = parsed(text)
    html = [token.content.strip() for token in tokens if token.type.startswith("html")]
    assert all(OUR_HTML.fullmatch(one) for one in html)
    assert [one[1] == "/" for one in html] == [False, True] * (len(html) // 2)
    assert not {token.type for token in tokens} & {"link_open", "image", "blockquote_open", "hr"}
    rows = [line.strip("|\n").count("|") for line in text.split("\n") if line.startswith("| ")]
    assert set(rows) <= {1, 3, 4}


@pytest.mark.parametrize("name", REPORTS)
def test_is_harmless_markdown(name: str) -> None:
    assert_harmless(summary.render(REPORTS[name]))


@given(hostile_reports)
def test_is_harmless_whatever_the_report_holds(report: Report) -> None:
    text = summary.render(report)
    assert_harmless(text)
    titles = [
        token.children[0].content
        for before, token in zip(GITHUB.parse(text), GITHUB.parse(text)[1:], strict=False)
        if before.type == "heading_open" and before.tag in {"h1", "h2"} and token.children
    ]
    ours = ("❌", "✅", "⚠️", "Failed", "Errored", "Advisory", "Not examined", "Notes", "Where the")
    assert all(title.startswith(ours) for title in titles)


def test_the_reader_meets_the_worst_first() -> None:
    text = summary.render(REJECTED)
    order = [
        "Rejected: 1 of 3",
        "| regressor 2 |",
        "## Failed",
        "**Expected:** version 2",
        "**Where:** deploy/models.config:7",
        "**Remedy:** Remove the pin",
        "## Errored",
        "## Advisory",
        "## Not examined",
        "To enable it: add examples",
        "- the run: setting up Python and the environment 21.4 s, finding what changed 0.3 s\n",
        "- regressor 2: waiting for production's image 2.5 s, building the candidate's image",
        "starting servers 3.5 s, asking and comparing 4.2 s, cleaning up 0.5 s\n",
        "<details>",
        "| server | 3.500 |",
    ]
    assert [text.index(one) for one in order] == sorted(text.index(one) for one in order)


def test_all_of_it_is_written_while_it_fits() -> None:
    whole = summary.render(REJECTED)
    assert summary.render(REJECTED, largest=len(whole.encode())) == whole
    cut = summary.render(REJECTED, largest=len(whole.encode()) - 1)
    assert cut != whole
    assert cut.endswith("All of it is in report.json._\n")


@pytest.mark.parametrize("largest", range(900, 3_000, 97))
def test_what_does_not_fit_is_left_out_by_whole_rows(largest: int) -> None:
    text = summary.render(REJECTED, largest=largest, details="all/of-it.json")
    assert len(text.encode()) <= largest
    assert_harmless(text)
    assert "All of it is in all/of-it.json." in text
    assert text.count("<details>") == text.count("</details>")
    body, _, note = text.rpartition("\n_Left out")
    assert summary.render(REJECTED).startswith(
        body[: body.rfind("\n</details>")].rstrip("\n")[:800]
    )
    assert re.search(r": [1-9]\d*[,.]", note)


def test_what_is_left_out_is_counted() -> None:
    checks = tuple(replace(PASSED, id=f"version/number-{number}") for number in range(1_000))
    report = replace(REJECTED, models=(replace(REJECTED_MODEL, checks=(STALE, *checks)),))
    text = summary.render(report, largest=20_000)
    shown = text.count("| version/number-")
    assert 0 < shown < 1_000
    assert f"rows of checks: {1_000 - shown}, rows of times: 2." in text
    assert "failed checks" not in text


def test_github_takes_the_longest_of_reports() -> None:
    hostile = replace(STALE, message="ü|`" * 30_000, title="t" * 10_000)
    model = replace(REJECTED_MODEL, name="🎉" * 10_000, checks=(hostile,) * 40)
    text = summary.render(replace(REJECTED, models=(model,) * 20))
    assert 1_000_000 < len(text.encode()) <= summary.LARGEST
    assert text.endswith("All of it is in report.json._\n")


def test_phases_of_a_later_gate_are_told_as_they_are_called() -> None:
    model = replace(REJECTED_MODEL, phases={"dreaming|": 1.0, "start": float("inf")})
    text = summary.render(replace(REJECTED, models=(model,), phases={}))
    assert "## Where the time went\n\n- regressor 2: dreaming&#124; 1.0 s\n\n" in text
    assert "the run" not in text


def test_what_took_no_time_is_not_told() -> None:
    brief = {str(phase): 0.01 for phase in Phase}
    model = replace(REJECTED_MODEL, phases=brief)
    text = summary.render(replace(REJECTED, models=(model,), phases=brief))
    assert "Where the time went" not in text


def test_every_phase_has_words() -> None:
    assert list(PHASES) == list(Phase)


def test_several_lines_stay_lines() -> None:
    absent = NotExamined(what="a\nb", enable="c\nd")
    text = summary.render(replace(REJECTED, not_examined=(absent,)))
    assert "- a b. To enable it: c d\n" in text
    blocks = [token.content for token in parsed(text) if token.type == "fence"]
    assert "line one of a log\nline two, 100% | done\n" in blocks
