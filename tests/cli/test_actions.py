"""Without arguments, inside a GitHub Actions job."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.gaterun import Ended, GateRun, entrypoint
from tests.support.oddmodels import write_deaf
from tests.support.repos import PullRequest, Repo
from tests.support.runner import obeyed, outputs
from tests.support.tinymodels import write_model


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job of a workflow on a pull request: its workspace and the runner's files."""

    workspace: Repo
    folder: Path
    environment: dict[str, str]

    def run(self, **inputs: str) -> Ended:
        """One step, with these inputs of the action."""
        given = {f"INPUT_{name.upper()}": value for name, value in inputs.items()}
        return entrypoint(cwd=self.workspace.path, extra=self.environment | given)

    def outputs(self) -> dict[str, str]:
        return outputs((self.folder / "output").read_text("utf-8"))


def pull_request(origin: Repo) -> PullRequest:
    """Two models change in it, and the base branch has moved on since."""
    write_model(origin.file("models/well/1"))
    write_model(origin.file("models/deaf/1"))
    origin.commit()
    origin.branch("feature")
    write_model(origin.file("models/well/2"), weight=3.0)
    write_deaf(origin.file("models/deaf/2"))
    origin.commit()
    origin.checkout("main")
    write_model(origin.file("models/other/1"))
    origin.commit()
    return origin.pull_request("feature")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """The merge commit, checked out two commits deep."""
    pull = pull_request(Repo(tmp_path / "origin"))
    clone = pull.checkout(tmp_path / "workspace", depth=2)
    folder = tmp_path / "runner"
    environment = pull.environment(folder) | {
        "GITHUB_WORKSPACE": str(clone.path),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "CI": "true",
    }
    (folder / "output").write_text("earlier=kept\n")
    (folder / "summary").write_text("# Earlier\n")
    return Job(workspace=clone, folder=folder, environment=environment)


def test_a_pull_request_from_event_to_verdict(job: Job) -> None:
    ended = job.run(jobs="2")
    assert ended.exit_code == 1, ended.output
    run = GateRun(ended=ended, folder=job.workspace.file("servegate-report"))
    assert sorted(run.models()) == ["deaf", "well"]
    assert {one["candidate"] for one in run.models().values()} == {"2"}
    assert run.report["base"] == job.workspace.sha("HEAD^1")
    assert run.models()["well"]["verdict"] == "accepted"
    assert "input_sensitivity/depends-on-input" in run.failed("deaf")
    known = job.outputs()
    assert (known["earlier"], known["verdict"]) == ("kept", "rejected")
    assert job.workspace.file(known["junit"]).is_file()
    assert (job.folder / "summary").read_text("utf-8") == f"# Earlier\n{run.summary}"
    commands = [one.name for one in obeyed(ended.stdout)]
    assert commands.count("group") == commands.count("endgroup") == 2
    errors = [one for one in obeyed(ended.stdout) if one.name == "error"]
    assert any(one.properties.get("file") == "models/deaf/2" for one in errors)


def test_inputs_are_options(job: Job) -> None:
    ended = job.run(models="well\n", output="elsewhere", fail_on="never", base="", config="")
    assert ended.exit_code == 0, ended.output
    run = GateRun(ended=ended, folder=job.workspace.file("elsewhere"))
    assert set(run.models()) == {"well"}
    wrong = job.run(fail_on="sometimes", jobs="many")
    assert wrong.exit_code == 2
    assert "fail-on" in wrong.stderr


def test_an_event_about_no_change_validates_everything(job: Job) -> None:
    scheduled = Job(
        workspace=job.workspace,
        folder=job.folder,
        environment=job.environment | {"GITHUB_EVENT_NAME": "schedule"},
    )
    ended = scheduled.run(jobs="2", fail_on="never")
    run = GateRun(ended=ended, folder=job.workspace.file("servegate-report"))
    assert sorted(run.models()) == ["deaf", "other", "well"], ended.output
