"""`plan`, `gate --shard` and `merge` from a shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from servegate.report import json_report
from servegate.shards import Shard
from tests.support.gaterun import Ended, entrypoint, gate
from tests.support.reports import ACCEPTED, REJECTED
from tests.support.repos import Repo
from tests.support.tinymodels import write_model

NAMES = ("a", "b", "c")


@pytest.fixture
def three(repo: Repo) -> Repo:
    """Three models, two of which change in the last commit."""
    for name in NAMES:
        write_model(repo.file(f"models/{name}/1"))
    repo.commit()
    for name in NAMES[:2]:
        write_model(repo.file(f"models/{name}/2"), weight=3.0)
    repo.commit()
    return repo


def planned(repo: Repo, *arguments: str) -> dict[str, Any]:
    ended = entrypoint("plan", "--base=HEAD~1", *arguments, cwd=repo.path)
    assert ended.exit_code == 0, ended.output
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_the_plan_names_what_has_changed(three: Repo) -> None:
    plan = planned(three)
    assert plan["base"] == three.sha("HEAD~1")
    assert plan["head"] == three.head
    assert [(one["name"], one["candidate"]) for one in plan["models"]] == [("a", "2"), ("b", "2")]
    assert plan["matrix"]["include"] == [
        {"shard": 1, "total": 2, "models": "a 2"},
        {"shard": 2, "total": 2, "models": "b 2"},
    ]


def test_jobs_are_as_many_as_wanted_at_most(three: Repo) -> None:
    plan = planned(three, "--all", "--shards=2")
    assert [one["models"] for one in plan["matrix"]["include"]] == ["a 2, c 1", "b 2"]
    assert len(planned(three, "--model=b")["matrix"]["include"]) == 1


@pytest.mark.parametrize("arguments", [("--shards=257",), ("--shards=0",), ("--model=nobody",)])
def test_a_plan_that_cannot_be_is_refused(arguments: tuple[str, ...], three: Repo) -> None:
    ended = entrypoint("plan", "--base=HEAD~1", *arguments, cwd=three.path)
    assert (ended.exit_code, ended.stdout) == (2, "")


def test_every_shard_validates_its_own_part(three: Repo) -> None:
    runs = [gate(three, f"--shard={index}/2") for index in (1, 2)]
    assert [list(run.models()) for run in runs] == [["a"], ["b"]]
    assert [run.report["shard"] for run in runs] == ["1/2", "2/2"]
    assert {run.report["verdict"] for run in runs} == {"accepted"}


def test_a_shard_without_work_is_green(three: Repo) -> None:
    run = gate(three, "--shard=3/3")
    assert (run.exit_code, run.report["verdict"]) == (0, "unchanged")
    refused = entrypoint("gate", "--shard=4/3", cwd=three.path)
    assert refused.exit_code == 2


def merged(folder: Path, *arguments: str) -> tuple[Ended, dict[str, Any]]:
    ended = entrypoint("merge", *arguments, "--output=merged", cwd=folder)
    return ended, json.loads((folder / "merged" / "report.json").read_bytes())


def shard_report(folder: Path, index: int, text: str = "") -> Path:
    folder.mkdir(parents=True)
    shard = Shard(index=index, total=2)
    report = ACCEPTED if index == 1 else REJECTED
    written = json_report.render(report).replace('"shard": null', f'"shard": "{shard}"')
    (folder / "report.json").write_text(text or written)
    return folder


def test_reports_are_merged_from_directories_or_a_directory_of_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for index in (1, 2):
        shard_report(home / "shards" / f"shard-{index}", index)
    ended, report = merged(home, "shards")
    assert ended.exit_code == 1, ended.output
    assert report["verdict"] == "rejected"
    assert len(report["models"]) == len(ACCEPTED.models) + len(REJECTED.models)
    ended, report = merged(home, "shards/shard-1", "shards/shard-2", "--fail-on=never")
    assert (ended.exit_code, report["verdict"]) == (0, "rejected")
    assert (home / "merged" / "junit.xml").is_file()


@pytest.mark.parametrize("text", ["{}", "nonsense", '{"schema": 1}'])
def test_a_report_that_cannot_be_read_is_not_green(text: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shard_report(home / "1", 1)
    shard_report(home / "2", 2, text)
    ended, report = merged(home, "1", "2")
    assert (ended.exit_code, report["verdict"]) == (3, "undecided"), ended.output
    assert any("2/report.json is no report" in one for one in report["not_examined"])


def test_a_report_that_is_not_there_is_not_green(tmp_path: Path) -> None:
    home = tmp_path / "home"
    shard_report(home / "1", 1)
    (home / "2").mkdir()
    ended, report = merged(home, "1", "2", "3")
    assert ended.exit_code == 3, ended.output
    told = " ".join(report["not_examined"])
    for missing in ("2/report.json cannot be read", "3/report.json cannot be read", "2/2"):
        assert missing in told
