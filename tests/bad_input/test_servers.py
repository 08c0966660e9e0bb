"""A model server that dies, hangs or answers garbage: exit 3, its log, the rest blocked."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.support import fakeserver
from tests.support.gaterun import GateRun, gate, path_with
from tests.support.repos import Repo
from tests.support.teams import configure, record, version
from tests.support.tinymodels import write_model

ASKED = ("input_sensitivity/answers-vary", "input_sensitivity/finite", "version/answers-requests")

# What the report has to say, and whether the server is blamed before or after it has loaded.
TOLD = {
    "die": "signal SIGSEGV",
    "hang": "did not answer within 1 second",
    "junk": "",
    "bomb": "no tensor",
    "versionless": "names no version",
    "crash": "signal SIGKILL",
    "random-bytes": "AVAILABLE in time",
    "http-1": "AVAILABLE in time",
    "loading": "LOADING",
    "no-versions": "No versions of servable m found",
    "rest-not-json": "",
    "rest-refused": "Servable not found",
}


def asked(repo: Repo, folder: Path, mode: str) -> GateRun:
    """Gates the first version of a model with a server that misbehaves."""
    program = folder / "tensorflow_model_server"
    command = shlex.join([sys.executable, str(fakeserver.PROGRAM), mode])
    program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    program.chmod(0o755)
    configure(repo, model={"examples": "data.jsonl"})
    record(repo, [{"inputs": {"x": [1.0]}}, {"inputs": {"x": [2.0]}}], "data.jsonl").commit()
    write_model(version(repo, "1"))
    repo.commit()
    return gate(
        repo,
        "--runtime",
        "binary",
        extra={"PATH": path_with(folder)},
        settings={"load_timeout": 3.0, "request_timeout": 1.0},
    )


@pytest.mark.parametrize("mode", TOLD)
def test_it_is_told_once_and_the_rest_is_blocked(repo: Repo, tmp_path: Path, mode: str) -> None:
    run = asked(repo, tmp_path, mode)
    assert run.report["runtime"] == "binary"
    if mode in {"loading", "random-bytes", "http-1", "no-versions"}:
        assert run.exit_code == 1, run.output
        assert TOLD[mode] in run.failed("m")["version/loads"]
        return
    assert run.exit_code == 3, run.output
    errored = run.statuses("m", "errored")
    assert len(errored) == 1, run.output
    ((check, message),) = errored.items()
    assert TOLD[mode] in message
    assert "Traceback" not in message
    blocked = [said for said in run.statuses("m", "skipped").values() if check in said]
    assert blocked or mode.startswith("rest")


def test_the_end_of_the_log_is_shown(repo: Repo, tmp_path: Path) -> None:
    run = asked(repo, tmp_path, "die")
    ((_, message),) = run.statuses("m", "errored").items()
    assert "the end of the log" in message
    assert "the end of the log" in run.ended.stdout


def test_there_is_no_server_at_all(repo: Repo) -> None:
    write_model(version(repo, "1"))
    repo.commit()
    run = gate(repo, "--runtime", "binary", extra={"PATH": "/usr/bin:/bin"})
    assert run.exit_code == 3, run.output
    ((_, message),) = run.statuses("m", "errored").items()
    assert "no tensorflow_model_server on the PATH" in message


def test_a_server_that_refuses_everything_is_the_models_fault(repo: Repo, tmp_path: Path) -> None:
    run = asked(repo, tmp_path, "refuse")
    assert run.exit_code == 1, run.output
    refused = run.failed("m")["preprocessing/signature-accepts-training-tensors"]
    assert "x must be positive" in refused
