"""Real SavedModels of other people, without any configuration: a verdict, never a traceback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from servegate.savedmodel.files import read_files, same_files
from tests.support.gaterun import PROJECT, GateRun, entrypoint, gate
from tests.support.repos import Repo

FOLDER = PROJECT.parent / "shared" / "models"
NAMES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) if FOLDER.is_dir() else []

pytestmark = pytest.mark.skipif(not NAMES, reason="../shared/models is not there")

Rows = Mapping[str, list[dict[str, Any]]]
"""What is known of each model's versions, lowest first."""

FAILS: Mapping[str, set[str]] = {
    "healthy": set(),
    "stateful": set(),
    "ignores-some-input": set(),
    "weightless": {"version/weights-complete"},
}


@pytest.fixture(scope="module")
def known() -> Rows:
    rows = json.loads((FOLDER / "index.json").read_text("utf-8"))
    rows.sort(key=lambda row: int(row["version"]))
    return {name: [row for row in rows if row["name"] == name] for name in NAMES}


def release(repo: Repo, known: Rows, number: int) -> GateRun:
    """Adds the version of this number to every model that has one, and gates the change."""
    for name, rows in known.items():
        for row in rows[number : number + 1]:
            place = f"{name}/{row['version']}"
            shutil.copytree(FOLDER / place, repo.file(f"models/{place}"))
    repo.commit()
    return gate(repo, "--jobs", "2")


def expected(known: Rows, number: int) -> dict[str, tuple[str, set[str]]]:
    """The candidate of each model that has one, and the checks that fail it."""
    return {
        name: (str(int(rows[number]["version"])), fails(name, rows, number))
        for name, rows in known.items()
        if len(rows) > number
    }


def fails(name: str, rows: list[dict[str, Any]], number: int) -> set[str]:
    """What has to fail; TF Serving's own test data holds one model twice, byte for byte."""
    files = [read_files(FOLDER / name / row["version"]) for row in rows[: number + 1]]
    copied = number > 0 and same_files(files[number], files[number - 1])
    return FAILS[rows[number]["expected"]] | ({"version/not-a-copy"} if copied else set())


def said(run: GateRun) -> dict[str, tuple[str, set[str]]]:
    """The same of a run. Nothing may be left undecided."""
    for name in run.models():
        assert not run.statuses(name, "errored"), run.output
    return {
        name: (report["candidate"], set(run.failed(name))) for name, report in run.models().items()
    }


def test_the_verdicts_on_first_versions_and_upgrades(tmp_path: Path, known: Rows) -> None:
    repo = Repo(tmp_path / "repository")
    repo.write("README.md").commit()
    first = release(repo, known, 0)
    assert said(first) == expected(known, 0)
    for name, rows in known.items():
        if rows[0]["expected"] == "weightless":
            missing = first.failed(name)["version/weights-complete"]
            assert "variables/variables.index" in missing
    assert said(release(repo, known, 1)) == expected(known, 1)


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_inspected(name: str, known: Rows, tmp_path: Path) -> None:
    table = entrypoint("inspect", str(FOLDER / name), cwd=tmp_path)
    assert table.exit_code == 0, table.output
    document = entrypoint("inspect", str(FOLDER / name), "--json", cwd=tmp_path)
    assert document.exit_code == 0, document.output
    assert json.loads(document.stdout)
    for signature in known[name][-1]["signatures"]:
        if not signature.startswith("__"):  # those are for the loader, not for clients
            assert signature in table.stdout
            assert signature in document.stdout
