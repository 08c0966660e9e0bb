from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace

from hypothesis import given
from rich.console import Console

from servegate.findings import Report
from servegate.report import console
from tests.support.reports import NASTY, REJECTED, REJECTED_MODEL, STALE, hostile_reports
from tests.support.runner import obeyed


def drawn(report: Report, *, width: int = 60) -> str:
    file = io.StringIO()
    Console(file=file, force_terminal=True, width=width, height=40, color_system="standard").print(
        console.rich(report, written=("out/junit.xml",))
    )
    return file.getvalue()


def without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_says_what_failed_and_what_to_do() -> None:
    text = console.plain(REJECTED, written=("out/junit.xml", "out/summary.md"))
    order = [
        "Rejected: 1 of 3 models failed a blocking check.",
        "regressor 2: rejected",
        "FAILED version/served",
        "Version 1 answers, 2 was expected",
        "Expected: version 2",
        "Observed: version 1",
        "Where: deploy/models.config:7",
        "Remedy: Remove the pin",
        "Not examined: no examples: add examples",
        "Reports: out/junit.xml, out/summary.md",
    ]
    assert [text.index(one) for one in order] == sorted(text.index(one) for one in order)


def test_the_terminal_shows_the_same_in_colour_and_wrapped() -> None:
    text = drawn(REJECTED)
    assert "\x1b[1;31m" in text
    plain = without_colours(text)
    words = console.plain(REJECTED, written=("out/junit.xml",)).split()
    assert plain.split() == words
    assert max(map(len, plain.split("\n"))) <= 60


def test_text_of_a_model_is_no_markup() -> None:
    report = replace(
        REJECTED, models=(replace(REJECTED_MODEL, name="[bold]a[/x]"),), notes=("[b]",)
    )
    assert "[bold]a[/x] 2: rejected" in without_colours(drawn(report))


def test_a_log_is_shortened_in_its_middle() -> None:
    finding = replace(STALE.findings[0], observed="begin\n" + "x\n" * 10_000 + "end")
    model = replace(REJECTED_MODEL, checks=(replace(STALE, findings=(finding,)),))
    text = console.plain(replace(REJECTED, models=(model,)))
    assert len(text) < 30_000
    assert "        begin\n" in text
    assert "        end\n" in text


@given(hostile_reports)
def test_is_harmless_to_the_log_and_the_terminal(report: Report) -> None:
    text = console.plain(report, written=NASTY)
    assert obeyed(text) == ()
    controls = {unicodedata.category(one) for one in text if one != "\n"}
    assert not controls & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(hostile_reports)
def test_only_colours_of_ours_reach_the_terminal(report: Report) -> None:
    text = without_colours(drawn(report))
    controls = {unicodedata.category(one) for one in text if one != "\n"}
    assert not controls & {"Cc", "Cf", "Cs"}
