"""Ctrl-C, SIGTERM and SIGKILL in the middle of a run."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.gaterun import Ended, GateRun, command, environment, gate, scratch_directory
from tests.support.processes import eventually, marked
from tests.support.repos import Repo
from tests.support.teams import configure, record
from tests.support.tinymodels import write_model

# A client that takes its time, and says so where the test can see it.
SLOW = """\
import pathlib, time

def build(raw):
    pathlib.Path({begun!r}).touch()
    time.sleep(600)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A run that has validated `first` and is in the middle of `slow`."""

    process: subprocess.Popen[bytes]
    repo: Repo
    scratch: Path
    reports: Path

    def end_by(self, number: signal.Signals) -> GateRun:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        ended = Ended(exit_code=self.process.returncode, stdout=out.decode(), stderr=err.decode())
        return GateRun(ended=ended, folder=self.reports)


def begin(repo: Repo) -> Running:
    begun = repo.path.parent / "begun"
    slow = {
        "name": "slow",
        "path": "models/slow",
        "examples": "data.jsonl",
        "preprocessing": {"training": "slow:build"},
    }
    repo.write("slow.py", SLOW.format(begun=str(begun)))
    record(repo, [{"raw": 1.0}], "data.jsonl")
    configure(repo, others=[slow, {"name": "last", "path": "models/last"}]).commit()
    for name in ("m", "slow", "last"):
        write_model(repo.file(f"models/{name}/1"))
    repo.commit()
    scratch, reports = scratch_directory(repo.path), repo.path.parent / "reports"
    process = subprocess.Popen(
        command("gate", "--base", "HEAD~1", "--output", str(reports)),
        cwd=repo.path,
        env=environment(scratch),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert eventually(lambda: begun.exists() or process.poll() is not None)
    assert process.poll() is None
    return Running(process=process, repo=repo, scratch=scratch, reports=reports)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_known_is_reported_and_nothing_is_left(repo: Repo, number: signal.Signals) -> None:
    running = begin(repo)
    run = running.end_by(number)
    assert run.exit_code == 130, run.output
    assert "Traceback" not in run.output
    assert run.report["interrupted"] is True
    assert run.report["verdict"] == "undecided"
    assert {name: one["verdict"] for name, one in run.models().items()} == {
        "m": "accepted",
        "slow": "undecided",
        "last": "undecided",
    }
    assert run.check("slow", "version/layout")["status"] == "passed"
    assert "interrupted" in run.check("last", "version/loads")["message"]
    assert run.junit is not None
    assert "nterrupted" in run.summary
    assert list(running.scratch.iterdir()) == []
    assert marked(str(running.scratch)) == []


def test_a_killed_run_leaves_nothing_after_the_next_one(repo: Repo) -> None:
    running = begin(repo)
    running.end_by(signal.SIGKILL)
    assert eventually(lambda: not marked(str(running.scratch)))
    assert list(running.scratch.iterdir()) != []
    run = gate(repo, "--model", "m", extra={"TMPDIR": str(running.scratch)})
    assert run.exit_code == 0, run.output
    assert list(running.scratch.iterdir()) == []
