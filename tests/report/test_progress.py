from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from servegate.findings import CheckResult, ModelReport, Report
from servegate.progress import Progress, Silent, label
from servegate.report.live_progress import LiveProgress
from servegate.report.log_progress import LogProgress
from servegate.report.progress import Display, display_for, progress
from servegate.report.tracker import Tracker
from tests.support.reports import (
    ACCEPTED_MODEL,
    REJECTED,
    REJECTED_MODEL,
    STALE,
    UNDECIDED_MODEL,
    results,
    texts,
)
from tests.support.runner import obeyed


def play(told: Progress, model: ModelReport) -> None:
    """What the thread of one candidate tells."""
    key = label(model.name, model.candidate)
    told.model_started(model.name, model.candidate)
    for evidence in ("candidate", "server"):
        told.evidence_started(key, evidence)
        told.evidence_finished(key, evidence, 0.5)
    for result in model.checks:
        told.check_finished(key, result)
    told.model_finished(model)


def play_all(told: Progress, report: Report) -> None:
    told.run_started([label(model.name, model.candidate) for model in report.models])
    for model in report.models:
        play(told, model)
    told.run_finished(report)


def log_lines(
    *, grouped: bool, clock: Callable[[], float] = lambda: 0.0
) -> tuple[LogProgress, io.StringIO]:
    stream = io.StringIO()
    lines = LogProgress(
        stream, grouped=grouped, tracker=Tracker(clock=clock), new_token=lambda: "token"
    )
    return lines, stream


def test_plain_lines() -> None:
    told, stream = log_lines(grouped=False)
    play_all(told, replace(REJECTED, models=(REJECTED_MODEL,)))
    assert stream.getvalue() == (
        "Examining 1 model.\n"
        "regressor 2: started\n"
        "regressor 2\n"
        "  obtained candidate in 0.5 s\n"
        "  obtained server in 0.5 s\n"
        "  passed version/layout\n"
        f"  failed version/served: {STALE.message}\n"
        "  advisory input_sensitivity/depends-on-input: The input 'reward' has no effect, as in"
        " version 1. Accepted in the configuration: old\n"
        "  skipped preprocessing/answers-equal-expected: There are no examples for version 2.\n"
        "regressor 2: rejected (1 failed, 1 advisory, 1 skipped, 1 passed, 11.9 s)\n"
    )


def test_groups_on_github() -> None:
    told, stream = log_lines(grouped=True)
    play_all(told, replace(REJECTED, models=(UNDECIDED_MODEL,)))
    text = stream.getvalue()
    assert [(one.name, one.data) for one in obeyed(text)] == [
        ("group", "sentiment 9223372036854775807"),
        ("endgroup", ""),
    ]
    group, _, after = text.partition("::endgroup::\n")
    assert "\n::stop-commands::token\n  obtained candidate" in group
    assert group.endswith("\n::token::\n")
    assert "  errored preprocessing/training-equals-serving: The worker ended." in group
    assert after == "sentiment 9223372036854775807: undecided (1 errored, 1 passed, 2.0 s)\n"


def test_lines_of_one_candidate_stay_together() -> None:
    told, stream = log_lines(grouped=True)
    models = [replace(REJECTED_MODEL, name=f"m{number}") for number in range(16)]
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        for model in models[number::8]:
            play(told, model)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    blocks = stream.getvalue().split("::group::")[1:]
    assert len(blocks) == 16
    first = blocks[0].partition("::endgroup::")[0].partition("\n")[2]
    assert all(block.partition("::endgroup::")[0].partition("\n")[2] == first for block in blocks)


def test_a_heartbeat_says_what_goes_on() -> None:
    now = 0.0
    told, stream = log_lines(grouped=False, clock=lambda: now)
    told.run_started(["a 1", "b 2"])
    told.model_started("a", "1")
    told.model_started("b", "2")
    told.evidence_started("a 1", "server")
    told.check_finished("b 2", STALE)
    now = 42.0
    told.beat()
    assert stream.getvalue().splitlines()[3:] == [
        "a 1: still at work: server for 42 s, 0 checks done",
        "b 2: still at work: 1 checks done",
    ]


def test_finished_candidates_have_no_heartbeat() -> None:
    told, stream = log_lines(grouped=False)
    play(told, ACCEPTED_MODEL)
    before = stream.getvalue()
    told.beat()
    assert stream.getvalue() == before


def test_what_an_interrupted_candidate_told_is_not_lost() -> None:
    told, stream = log_lines(grouped=False)
    told.model_started("a", "1")
    told.check_finished("a 1", STALE)
    told.run_finished(replace(REJECTED, interrupted=True))
    assert "a 1 (not finished)\n  failed version/served" in stream.getvalue()


@given(name=texts, candidate=st.one_of(st.none(), texts), result=results, evidence=texts)
def test_a_log_holds_no_command_of_theirs(
    name: str, candidate: str | None, result: CheckResult, evidence: str
) -> None:
    told, stream = log_lines(grouped=True)
    model = replace(ACCEPTED_MODEL, name=name, candidate=candidate, checks=(result,))
    key = label(name, candidate)
    told.run_started([key])
    told.model_started(name, candidate)
    told.evidence_started(key, evidence)
    told.beat()
    told.evidence_finished(key, evidence, float("nan"))
    told.check_finished(key, result)
    told.model_finished(model)
    assert [one.name for one in obeyed(stream.getvalue())] == ["group", "endgroup"]
    outside_groups = stream.getvalue().replace("::stop-commands::token", "")
    assert [one.name for one in obeyed(outside_groups)] == ["group", "endgroup"]


@given(name=texts, result=results, evidence=texts)
def test_the_live_view_survives_hostile_text(name: str, result: CheckResult, evidence: str) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, height=20)
    told = LiveProgress(console)
    told.run_started([name])
    told.model_started(name, "1")
    told.evidence_started(f"{name} 1", evidence)
    told.check_finished(f"{name} 1", result)
    console.print(told.view())
    told.model_finished(replace(ACCEPTED_MODEL, name=name, candidate="1"))
    written = console.file
    assert isinstance(written, io.StringIO)
    assert "\x1b]" not in written.getvalue()
    assert "accepted" in written.getvalue()


def view(told: LiveProgress, console: Console) -> str:
    with console.capture() as captured:
        console.print(told.view())
    return captured.get()


def test_the_live_view_shows_who_is_at_what() -> None:
    console = Console(file=io.StringIO(), width=100, height=10)
    told = LiveProgress(console, tracker=Tracker(clock=lambda: 7.0))
    told.run_started([f"m{number} 1" for number in range(50)])
    for number in range(50):
        told.model_started(f"m{number}", "1")
    told.evidence_started("m0 1", "server")
    told.check_finished("m0 1", REJECTED_MODEL.checks[0])
    told.model_finished(replace(ACCEPTED_MODEL, name="m1", candidate="1"))
    lines = view(told, console).splitlines()
    assert len(lines) <= 10
    assert "m0 1" in lines[0]
    assert "1 passed" in lines[0]
    assert "server for 0 s" in lines[0]
    assert not any("m1 1" in line for line in lines)
    assert lines[-1].strip() == "1 of 50 models finished"


def test_threads_may_tell_a_live_view_at_once() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=200, height=30)
    models = [replace(REJECTED_MODEL, name=f"m{number}") for number in range(24)]
    with progress(console, Display.LIVE) as told, ThreadPoolExecutor(8) as pool:
        told.run_started([label(model.name, model.candidate) for model in models])
        list(pool.map(lambda model: play(told, model), models))
        told.run_finished(replace(REJECTED, models=tuple(models)))
    assert stream.getvalue().count("failed version/served") == 24
    assert stream.getvalue().count(": rejected (") == 24
    assert "\x1b[?25h" in stream.getvalue()  # the cursor is back


def beating() -> bool:
    return any(thread.name == "heartbeat" for thread in threading.enumerate())


class Woken(io.StringIO):
    """A stream that tells when a heartbeat was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.beaten = threading.Event()

    def write(self, text: str) -> int:
        if "still at work" in text:
            self.beaten.set()
        return super().write(text)


@pytest.mark.parametrize("display", [Display.PLAIN, Display.ACTIONS])
def test_a_log_has_a_heart_that_stops(display: Display) -> None:
    stream = Woken()
    with progress(Console(file=stream), display, heartbeat=0.01) as told:
        told.model_started("a", "1")
        assert stream.beaten.wait(30)
        assert beating()
    assert not beating()


def test_the_heart_stops_when_the_run_breaks() -> None:
    with pytest.raises(KeyError), progress(Console(file=io.StringIO()), Display.PLAIN):
        raise KeyError
    assert not beating()


@pytest.mark.parametrize(
    ("environment", "terminal", "expected"),
    [
        ({"GITHUB_ACTIONS": "true", "CI": "true"}, False, Display.ACTIONS),
        ({"GITHUB_ACTIONS": "true"}, True, Display.ACTIONS),
        ({"CI": "true"}, True, Display.PLAIN),
        ({"TERM": "dumb"}, True, Display.PLAIN),
        ({}, False, Display.PLAIN),
        ({"TERM": "xterm"}, True, Display.LIVE),
    ],
)
def test_the_display_fits_who_looks_on(
    *, environment: dict[str, str], terminal: bool, expected: Display
) -> None:
    assert display_for(environment, terminal=terminal) is expected


def test_silence(capfd: pytest.CaptureFixture[str]) -> None:
    play_all(Silent(), REJECTED)
    assert capfd.readouterr() == ("", "")
