"""Runs cases: builds the pull request, proves it, and asks the gate by its command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.detection.case import Case, Kind
from benchmarks.detection.change import Change
from benchmarks.detection.peers.panel import Panel
from benchmarks.detection.peers.row import PeerRow
from benchmarks.detection.proof import Measured, prove_difference, prove_effect
from benchmarks.detection.row import Row

PROJECT = Path(__file__).resolve().parents[2]
_SECONDS = 600.0

Json = dict[str, Any]


class GateBroke(Exception):
    """The gate ended in a way that is no verdict."""


def build(case: Case, folder: Path) -> Change:
    """The pull request of a case as trees. Raises `DoesNotFit`, and `Unproven`."""
    change = _healthy(case, folder)
    if case.variant is not None:
        before = _healthy(case, folder / "before")
        case.variant.build(change)
        prove_difference(change, before, case.variant)
        shutil.rmtree(folder / "before")
    return change


def _healthy(case: Case, folder: Path) -> Change:
    """The pull request that a case starts from, deployed as the case says."""
    change = Change.of(case.origin, folder)
    if case.rollout != "volume":
        change.rollout(case.rollout)
    if case.docker:
        from benchmarks.detection.image import serving_image  # only where an engine is asked for

        change.configure(*change.trees, serving={"image": serving_image()})
    return change


def run_case(
    case: Case, folder: Path, runtime: str, healthy: Measured | None, panel: Panel | None = None
) -> tuple[Row, tuple[PeerRow, ...]]:
    """Builds, proves and gates one case, shows it to the peers, and removes what it made.

    The effect is measured where it is given what the healthy candidate does. Raises
    `DoesNotFit`, `Unproven`, and `GateBroke`.
    """
    place = Path(tempfile.mkdtemp(dir=folder))
    try:
        change = build(case, place / "trees")
        if case.variant is not None and healthy is not None:
            prove_effect(change, healthy, case.variant, place / "proof")
        seen = panel.ask(case, change, healthy, place / "peers") if panel else ()
        base = change.commit(place / "repository")
        started = time.monotonic()
        report, exit_code = gate(place / "repository", base, runtime)
        return _row(case, runtime, report, exit_code, time.monotonic() - started), seen
    finally:
        shutil.rmtree(place, ignore_errors=True)


def gate(repository: Path, base: str, runtime: str) -> tuple[Json, int]:
    """Runs the gate in a workspace; returns `report.json` and the exit code."""
    output = repository.parent / "report"
    command = [sys.executable, str(PROJECT / "entrypoint.py"), "gate", "--base", base]
    command += ["--runtime", runtime, "--output", str(output)]
    if runtime == "docker":
        from benchmarks.detection.image import serving_image  # only where an engine is asked for

        command += ["--serving-image", serving_image()]
    environment = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("GIT_", "GITHUB_", "INPUT_"))
    }
    done = subprocess.run(
        command,
        cwd=repository,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_SECONDS,
        check=False,
    )
    said = f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    file = output / "report.json"
    if done.returncode not in (0, 1, 3) or not file.is_file():
        raise GateBroke(f"exit code {done.returncode}\n{said}")
    report: Json = json.loads(file.read_bytes())
    if "This is a fault of the gate" in json.dumps(report):
        raise GateBroke(said)
    return report, done.returncode


def _row(case: Case, runtime: str, report: Json, exit_code: int, seconds: float) -> Row:
    checks = [one for model in report["models"] for one in model["checks"]]

    def ids(status: str, severity: str | None = None) -> tuple[str, ...]:
        return tuple(
            one["id"]
            for one in checks
            if one["status"] == status and severity in (None, one["severity"])
        )

    return Row(
        case=case.id,
        kind=Kind(case.kind),
        subject=case.subject,
        group=case.group,
        origin=case.origin.name,
        runtime=runtime,
        exit_code=exit_code,
        failed=ids("failed", "blocking"),
        advised=ids("failed", "advisory"),
        errored=ids("errored"),
        advisory=case.advisory,
        allowed=tuple(sorted(case.allowed)),
        seconds=round(seconds, 2),
    )
