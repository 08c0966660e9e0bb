"""Hostile names of directories and signatures: harmless in every report and in the runner's log."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.gaterun import GateRun, gate
from tests.support.repos import Repo
from tests.support.runner import obeyed, outputs
from tests.support.tinymodels import Graph, Signature, write_model, write_saved_model

OURS = {"group", "endgroup", "error", "warning", "notice"}
NAMES = (
    "two words",
    "'quotes\" and `ticks`",
    "<script>alert(1)<",
    "::error::owned",
    "##[add-path]evil",
    "line\n::set-env name=PATH::evil",
    "carriage\r::stop-commands::x",
    "| table | **bold** [link](http:evil)",
    "-->]]>&amp;",
    "escape \x1b[31m\x07 bell",
    "\u202eright to left\ufffe",
    "{{template}} %0A::error::",
)
DIRECTORIES = (*NAMES, "\udcff not UTF-8", "x" * 255)
SIGNATURES = (*NAMES, "/slashes/../../up", "y" * 10_000)


def write_deaf_signatures(directory: Path) -> None:
    """Signatures that a check has something to say about, each with its name everywhere."""
    graph = Graph()
    x, y = graph.placeholder("x"), graph.const("y", [[0.5]])
    described = [Signature(key=name, inputs={name: x}, outputs={name: y}) for name in SIGNATURES]
    write_saved_model(directory, graph, described)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> GateRun:
    """Models in directories of hostile names, and one whose signatures have them."""
    folder = tmp_path_factory.mktemp("hostile")
    repo = Repo(folder / "repository")
    # Every model of these would have its upgrade rehearsed, which says no other name.
    repo.write("README.md").write("servegate.yml", "serving: {rollout: image}\n").commit()
    for name in DIRECTORIES:
        write_model(repo.file(f"models/{name}/1"))
    # Two findings of every model: a bad number, and a name that no signature should have.
    for name in DIRECTORIES:
        write_model(repo.file(f"models/{name}/v2"), weight=3.0)
    write_deaf_signatures(repo.file("signatures/1"))
    repo.commit()
    for name in ("output", "summary"):
        (folder / name).touch()
    runner = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
    }
    return gate(repo, "--jobs", "2", extra=runner)


def test_all_are_judged(run: GateRun) -> None:
    assert run.exit_code == 1, run.output
    assert len(run.report["models"]) == len(DIRECTORIES) + 1
    for model in run.report["models"]:
        deaf = model["name"] == "signatures"
        assert model["verdict"] == ("rejected" if deaf else "accepted"), run.output
        failed = {one["id"]: one for one in model["checks"] if one["status"] == "failed"}
        wrong = "input_sensitivity/depends-on-input" if deaf else "version/layout"
        assert len(failed[wrong]["findings"]) == (len(SIGNATURES) if deaf else 1)


def test_the_runner_obeys_nothing_but_us(run: GateRun) -> None:
    commands = obeyed(run.ended.stdout)
    assert {one.name for one in commands} <= OURS
    for one in commands:
        if one.name not in {"group", "endgroup"}:
            assert set(one.properties) <= {"file", "line", "title"}
    assert not obeyed(run.ended.stderr)


def test_the_log_is_plain_text(run: GateRun) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", run.ended.stdout)
    assert max(map(len, run.ended.stdout.splitlines())) < 20_000


def test_junit_is_valid_and_has_every_model_once(run: GateRun) -> None:
    names = [suite.get("name") for suite in run.junit]
    assert len(set(names)) == len(names) == len(run.report["models"])


def test_the_summary_holds_no_markup_of_theirs(run: GateRun) -> None:
    assert "<script" not in run.summary
    assert not re.search(r"(?<!\\)\]\(http", run.summary)
    assert "\x1b" not in run.summary
    assert "::error::owned" not in [line.strip() for line in run.summary.splitlines()]


def test_outputs_are_ours_alone(run: GateRun) -> None:
    written = (Path(run.folder).parent / "output").read_text("utf-8")
    known = outputs(written)
    assert known["verdict"] == "rejected"
    assert not {"PATH", "owned"} & known.keys()
    assert (Path(run.folder).parent / "summary").read_text("utf-8") == run.summary
