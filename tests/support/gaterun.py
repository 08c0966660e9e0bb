"""Runs the real command line, as a user or a runner does: a process of its own, nothing inherited.

    run = gate(repo)                      # what HEAD changes against the commit before it
    assert run.exit_code == 0, run.output
    assert run.check("m", "version/served")["status"] == "passed"

Every run gets a temporary directory of its own, and has to leave it empty; its reports have to be
well-formed, and no run may end with a traceback of the gate's own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import xmlschema

from tests.support.repos import Repo, git_environment

PROJECT = Path(__file__).resolve().parents[2]
ENTRYPOINT = PROJECT / "entrypoint.py"
JUNIT_SCHEMA = PROJECT / "tests" / "report" / "junit.xsd"
# Far more than any run takes, and less than pytest's own limit, which would lose the output.
_SECONDS = 280.0
OUR_FAULT = ("The gate failed at", "This is a fault of the gate")

Json = dict[str, Any]


def environment(scratch: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Nothing of the caller's but PATH; `scratch` is what TMPDIR names."""
    return git_environment() | {"LC_ALL": "C.UTF-8", "TMPDIR": str(scratch)} | dict(extra or {})


# Waiting times that no configuration shortens, shortened: everything else is the real thing.
_IMPATIENT = """
import json, sys
from dataclasses import replace
sys.path.insert(0, sys.argv[1])
from servegate.pipeline import examination
whole, shorter = examination.settings_for, json.loads(sys.argv[2])
examination.settings_for = lambda *given: replace(whole(*given), **shorter)
from servegate.cli import main
raise SystemExit(main(sys.argv[3:]))
"""


def command(*arguments: str, settings: Mapping[str, float] | None = None) -> list[str]:
    """The command line that runs the entry point; `settings` replaces some of every model's."""
    if settings:
        return [
            sys.executable,
            "-P",
            "-c",
            _IMPATIENT,
            str(PROJECT),
            json.dumps(settings),
            *arguments,
        ]
    return [sys.executable, str(ENTRYPOINT), *arguments]


def scratch_directory(beside: Path) -> Path:
    """A fresh directory for a run's temporary files, outside of what the run may look at."""
    return Path(tempfile.mkdtemp(prefix="scratch-", dir=beside.parent))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command that has ended, and what it said."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Both streams, for the message of a failed assertion."""
        return f"exit code {self.exit_code}\n{self.stdout}\n{self.stderr}"


def entrypoint(
    *arguments: str,
    cwd: Path,
    extra: Mapping[str, str] | None = None,
    settings: Mapping[str, float] | None = None,
) -> Ended:
    """Runs any command to its end; it has to clean up after itself."""
    scratch = scratch_directory(cwd)
    done = subprocess.run(
        command(*arguments, settings=settings),
        cwd=cwd,
        env=environment(scratch, extra),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=_SECONDS,
        check=False,
    )
    ended = Ended(
        exit_code=done.returncode,
        stdout=done.stdout.decode("utf-8", "surrogateescape"),
        stderr=done.stderr.decode("utf-8", "surrogateescape"),
    )
    left = sorted(path.name for path in scratch.iterdir())
    assert not left, f"left behind: {left}\n{ended.output}"
    assert "Traceback" not in ended.stderr, ended.output
    return ended


@dataclass(frozen=True, kw_only=True)
class GateRun:
    """One run of `gate` that has ended; the reports are read when they are asked for."""

    ended: Ended
    folder: Path

    @property
    def exit_code(self) -> int:
        return self.ended.exit_code

    @property
    def output(self) -> str:
        return self.ended.output

    @cached_property
    def report(self) -> Json:
        """`report.json`."""
        found: Json = json.loads((self.folder / "report.json").read_bytes())
        return found

    @cached_property
    def junit(self) -> ET.Element:
        """`junit.xml`, valid by the strict schema."""
        root = ET.fromstring((self.folder / "junit.xml").read_bytes())  # noqa: S314 - our own
        _junit_schema().validate(root)
        return root

    @cached_property
    def summary(self) -> str:
        """`summary.md`."""
        return (self.folder / "summary.md").read_text("utf-8")

    def models(self) -> dict[str, Json]:
        """The entries of `report.json`; with several candidates of a model, its last."""
        return {model["name"]: model for model in self.report["models"]}

    def check(self, model: str, check: str) -> Json:
        """What the report says of one check."""
        found = {one["id"]: one for one in self.models()[model]["checks"]}
        entry: Json = found[check]
        return entry

    def failed(self, model: str, *, severity: str = "blocking") -> dict[str, str]:
        """The checks that failed with this severity, and their messages."""
        return {
            one["id"]: one["message"]
            for one in self.models()[model]["checks"]
            if one["status"] == "failed" and one["severity"] == severity
        }

    def statuses(self, model: str, status: str) -> dict[str, str]:
        """The checks of this status, and their messages."""
        return {
            one["id"]: one["message"]
            for one in self.models()[model]["checks"]
            if one["status"] == status
        }


@cache
def _junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(JUNIT_SCHEMA))


def gate(
    repo: Repo,
    *arguments: str,
    base: str = "HEAD~1",
    extra: Mapping[str, str] | None = None,
    settings: Mapping[str, float] | None = None,
) -> GateRun:
    """Gates what is checked out against `base` ("" gives none), and looks over the reports."""
    folder = Path(tempfile.mkdtemp(prefix="report-", dir=repo.path.parent))
    against = ("--base", base) if base else ()
    ended = entrypoint(
        "gate",
        *against,
        "--output",
        str(folder),
        *arguments,
        cwd=repo.path,
        extra=extra,
        settings=settings,
    )
    run = GateRun(ended=ended, folder=folder)
    if ended.exit_code in (0, 1, 3) and (folder / "report.json").exists():
        _look_over(run)
    return run


def _look_over(run: GateRun) -> None:
    assert not run.ended.stderr, run.output
    assert run.report["schema"] == 1
    assert {suite.tag for suite in run.junit} <= {"testsuite"}
    assert run.summary
    for words in OUR_FAULT:
        assert words not in run.ended.stdout, run.output
        assert words not in json.dumps(run.report), run.output


def path_with(folder: Path) -> str:
    """A PATH on which the programs of a folder come first."""
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
