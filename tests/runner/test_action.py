"""action.yml, run as GitHub runs it, on pull requests made from the sample models."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.runner.conftest import Sample
from tests.support import events
from tests.support.action_runner import ActionRunner
from tests.support.engine import without_engine
from tests.support.events import ON_PULL_REQUESTS
from tests.support.repos import PullRequest, Repo

Samples = dict[str, Sample]


def test_a_good_pull_request_is_accepted(
    runner: ActionRunner, samples: Samples, runtime: dict[str, str]
) -> None:
    pull = samples["ozone-retrained"].pull
    workspace = runner.check_out(pull)
    job = runner.run(events.pull_request(pull), runtime)
    assert job.exit_code == 0, job.log
    assert job.outputs["verdict"] == "accepted"
    assert int(job.outputs["passed"]) > 10
    assert {job.outputs[name] for name in ("failed", "errored")} == {"0"}
    assert bool(job.outputs["image"]) == (runtime["runtime"] == "docker")
    assert job.outputs["image-id"].startswith("sha256:") == bool(job.outputs["image"])
    assert job.outputs["image-digest"] == job.outputs["matrix"] == ""
    assert job.annotated("error") == []
    assert "Accepted: 1 model examined" in job.summary
    assert re.search(r"- the run: setting up Python and the environment \d+\.\d s", job.summary)
    assert re.search(r"- ozone 2: .*starting servers \d+\.\d s", job.summary)
    assert ("building the candidate's image" in job.summary) == bool(job.outputs["image"])
    report = json.loads(workspace.file(job.outputs["report"]).read_bytes())
    assert (report["base"], report["runtime"]) == (pull.base, runtime["runtime"])
    assert workspace.file(job.outputs["junit"]).is_file()
    assert runner.changes() == {"?? servegate-report/"}


def test_a_pinned_version_is_rejected_at_its_line(
    runner: ActionRunner, samples: Samples, runtime: dict[str, str]
) -> None:
    sample = samples["ozone-pinned"]
    workspace = runner.check_out(sample.pull)
    job = runner.run(events.pull_request(sample.pull), runtime)
    assert job.exit_code == 1, job.log
    assert job.outputs["verdict"] == "rejected"
    report = json.loads(workspace.file(job.outputs["report"]).read_bytes())
    failed = {one["id"] for one in report["models"][0]["checks"] if one["status"] == "failed"}
    assert failed >= set(sample.fails)
    assert int(job.outputs["failed"]) >= 1
    assert "Rejected: 1 of 1 model" in job.summary
    lines = workspace.file("deploy/models.config").read_text("utf-8").splitlines()
    places = [
        lines[int(one.properties["line"]) - 1]
        for one in job.annotated("error")
        if one.properties.get("file") == "deploy/models.config"
    ]
    assert places
    assert all("specific" in line or "version" in line for line in places)
    assert runner.changes() == {"?? servegate-report/"}


@pytest.mark.long
def test_skewed_preprocessing_is_rejected_at_its_line(
    runner: ActionRunner, samples: Samples
) -> None:
    sample = samples["reviews-unprocessed"]
    workspace = runner.check_out(sample.pull)
    job = runner.run(events.pull_request(sample.pull), runtime="embedded")
    assert job.exit_code == 1, job.log
    (error,) = [one for one in job.annotated("error") if "client" in one.data]
    lines = workspace.file(error.properties["file"]).read_text("utf-8").splitlines()
    assert lines[int(error.properties["line"]) - 1].startswith("def build(")


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(name, marks=[] if name == "from a fork" else [pytest.mark.long])
        for name in ON_PULL_REQUESTS
    ],
)
def test_every_event_compares_the_same_commits(
    event: str, runner: ActionRunner, samples: Samples
) -> None:
    pull = samples["cars-hidden-layer"].pull
    workspace = runner.check_out(pull)
    job = runner.run(ON_PULL_REQUESTS[event](pull), runtime="embedded", output="out", jobs="2")
    assert job.exit_code == 0, job.log
    report = json.loads(workspace.file("out/report.json").read_bytes())
    assert report["base"] == pull.base
    assert [model["candidate"] for model in report["models"]] == ["2"]
    told = [one.data for one in job.annotated("notice")]
    assert any(pull.base[:10] in text for text in told)


@pytest.mark.long
def test_what_was_not_examined_is_one_notice_a_model(
    runner: ActionRunner, samples: Samples
) -> None:
    pull = samples["ozone-retrained"].pull
    workspace = runner.check_out(pull)
    job = runner.run(events.pull_request(pull), runtime="embedded")
    report = json.loads(workspace.file("servegate-report/report.json").read_bytes())
    (model,) = report["models"]
    assert model["not_examined"]
    titled = [one for one in job.annotated("notice") if "not examined" in one.properties["title"]]
    assert [one.data.splitlines() for one in titled] == [model["not_examined"]]


def test_a_stranger_does_not_get_the_secrets(runner: ActionRunner, samples: Samples) -> None:
    pull = samples["ozone-retrained"].pull
    runner.check_out(pull)
    event = events.pull_request_target(pull)
    job = runner.run(event, runtime="embedded")
    assert job.exit_code == 2, job.log
    assert job.outputs["verdict"] == ""
    (error,) = job.annotated("error")
    assert "Trigger the workflow by `pull_request` instead" in error.data
    assert runner.changes() == set()
    allowed = "workflow_run\npull_request_target"
    assert runner.run(event, runtime="embedded", allow_unsafe_events=allowed).exit_code == 0
    misspelt = runner.run(event, runtime="embedded", allow_unsafe_events="all")
    assert misspelt.exit_code == 2
    assert "allow-unsafe-event" in misspelt.annotated("error")[0].data


def test_mistakes_are_annotations_at_their_lines(runner: ActionRunner, samples: Samples) -> None:
    pull = samples["iris-retrained"].pull
    workspace = runner.check_out(pull)
    file = workspace.file("servegate.yml")
    file.write_text(f"{file.read_text('utf-8')}\nmodles: []\nignore: 7\n", "utf-8")
    job = runner.run(events.pull_request(pull), runtime="embedded")
    assert job.exit_code == 2, job.log
    marked = {one.properties["line"]: one.data for one in job.annotated("error")}
    lines = file.read_text("utf-8").splitlines()
    assert "models" in marked[str(lines.index("modles: []") + 1)]
    assert str(lines.index("ignore: 7") + 1) in marked


def test_inputs_cannot_become_commands(runner: ActionRunner, samples: Samples) -> None:
    pull = samples["iris-retrained"].pull
    runner.check_out(pull)
    evil = f'"; touch {runner.temp}/owned; echo "$(touch {runner.temp}/owned)'
    job = runner.run(
        events.from_a_fork(pull), runtime="embedded", models=evil, base=evil, serving_image=evil
    )
    assert job.exit_code == 2, job.log
    assert not (runner.temp / "owned").exists()


@pytest.mark.long
def test_nothing_in_the_workspace_shadows_the_gate(runner: ActionRunner, samples: Samples) -> None:
    pull = samples["iris-retrained"].pull
    workspace = runner.check_out(pull)
    for name in ("yaml", "validators", "servegate", "dataclasses", "sitecustomize"):
        workspace.write(f"{name}.py", "raise SystemExit(77)\n")
    env = {"PYTHONPATH": str(workspace.path), "PYTHONSTARTUP": "yaml.py"}
    job = runner.run(events.pull_request(pull), env=env, runtime="embedded")
    assert job.exit_code == 0, job.log


def test_without_a_changed_model_it_ends_green(runner: ActionRunner, tmp_path: Path) -> None:
    origin = Repo(tmp_path / "origin")
    origin.write("README.md").commit()
    origin.branch("feature").write("README.md", "other\n").commit()
    pull = origin.pull_request("feature")
    runner.check_out(pull)
    job = runner.run(events.pull_request(pull), runtime="embedded")
    assert (job.exit_code, job.outputs["verdict"]) == (0, "unchanged"), job.log
    assert "Unchanged" in job.summary


@pytest.mark.long
def test_shards_share_the_work_and_their_reports_are_merged(
    runner: ActionRunner, samples: Samples, tmp_path: Path
) -> None:
    pull = _two_models(samples, tmp_path / "origin")
    workspace = runner.check_out(pull)
    event = events.pull_request(pull)
    planned = runner.run(event, command="plan", shard_total="2")
    assert planned.exit_code == 0, planned.log
    jobs = json.loads(planned.outputs["matrix"])["include"]
    assert [(one["shard"], one["total"]) for one in jobs] == [(1, 2), (2, 2)]
    for one in jobs:
        job = runner.run(
            event,
            runtime="embedded",
            output=f"shards/{one['shard']}",
            shard_index=str(one["shard"]),
            shard_total=str(one["total"]),
        )
        report = json.loads(workspace.file(job.outputs["report"]).read_bytes())
        examined = [f"{model['name']} {model['candidate']}" for model in report["models"]]
        assert examined == [one["models"]], job.log
    merged = runner.run(event, command="merge", reports="shards", output="merged")
    assert merged.exit_code == 1, merged.log
    assert merged.outputs["verdict"] == "rejected"
    assert "Rejected: 1 of 2 models" in merged.summary
    assert merged.annotations == []  # every shard has made its own
    alone = runner.run(event, command="merge", reports="shards/1", output="merged")
    assert alone.exit_code in (1, 3)
    assert "the reports of these shards are missing: 2/2" in alone.summary
    none = runner.run(event, command="merge", reports="nowhere", output="merged")
    assert (none.exit_code, none.outputs["verdict"]) == (3, "undecided")


def _two_models(samples: Samples, path: Path) -> PullRequest:
    """One pull request that changes a healthy model and a deaf one."""
    origin = Repo(path)
    for name in ("cars-hidden-layer", "iris-constant"):
        pull = samples[name].pull
        origin.git("fetch", "--quiet", pull.repo.path.as_uri(), pull.base)
        origin.git("read-tree", f"--prefix={name}/", "FETCH_HEAD")
    origin.git("checkout-index", "--all")
    origin.commit()
    origin.branch("feature")
    for name in ("cars-hidden-layer", "iris-constant"):
        pull = samples[name].pull
        origin.git("fetch", "--quiet", pull.repo.path.as_uri(), pull.head)
        origin.git("rm", "-r", "--quiet", name)
        origin.git("read-tree", f"--prefix={name}/", "FETCH_HEAD")
        origin.git("checkout-index", "--all", "--force")
    origin.commit()
    return origin.pull_request("feature")


def test_the_plan_of_nothing_is_one_job(runner: ActionRunner, tmp_path: Path) -> None:
    origin = Repo(tmp_path / "origin")
    origin.write("README.md").commit()
    origin.branch("feature").write("README.md", "other\n").commit()
    pull = origin.pull_request("feature")
    runner.check_out(pull)
    job = runner.run(events.pull_request(pull), command="plan")
    (only,) = json.loads(job.outputs["matrix"])["include"]
    assert only == {"shard": 1, "total": 1, "models": ""}


def test_an_engine_that_does_not_answer_is_no_verdict(
    runner: ActionRunner, samples: Samples
) -> None:
    pull = samples["ozone-retrained"].pull
    workspace = runner.check_out(pull)
    env = {"DOCKER_HOST": f"unix://{runner.temp}/nowhere.sock"}
    job = runner.run(events.pull_request(pull), env=env)  # docker is the action's default
    assert job.exit_code == 3, job.log
    assert job.outputs["verdict"] == "undecided"
    assert "engine" in job.summary.lower()
    assert "Start pulling the serving image" in job.ran
    assert runner.changes() == {"?? servegate-report/"}
    assert workspace.file("servegate-report/junit.xml").is_file()


@pytest.mark.docker
@pytest.mark.parametrize("groups", [()])
@pytest.mark.usefixtures("groups")
def test_an_engine_that_does_not_let_the_user_in_is_no_verdict(
    runner: ActionRunner, samples: Samples
) -> None:
    if without_engine():
        pytest.skip(without_engine())
    pull = samples["ozone-retrained"].pull
    runner.check_out(pull)
    job = runner.run(events.pull_request(pull))
    assert (job.exit_code, job.outputs["verdict"]) == (3, "undecided"), job.log
    assert "The Docker engine does not let this user in." in job.summary
    assert "group \\`docker\\`" in job.summary
