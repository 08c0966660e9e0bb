"""The gate says the same of every sample pull request, whichever runtime answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docker
import pytest

from sample_models.plans import ALL
from sample_models.pull_requests import PullRequest, all_pull_requests
from tests.support.engine import derived, large_model
from tests.support.gaterun import GateRun, gate
from tests.support.repos import Repo
from tests.support.sample_models import built_samples
from tests.support.tinymodels import write_model

pytestmark = pytest.mark.docker

# A healthy change and one that is fed the wrong thing; each takes half a minute.
AT_ONCE = frozenset({"reviews-unprocessed", "smog-retrained"})
NAMES = [
    pytest.param(plan.name, marks=[] if plan.name in AT_ONCE else [pytest.mark.long])
    for plan in ALL
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PullRequest]:
    target = tmp_path_factory.mktemp("pull-requests")
    return {one.name: one for one in all_pull_requests(built_samples(), target)}


def said(run: GateRun) -> dict[str, Any]:
    """Every check's outcome on every model."""
    return {
        f"{model['name']} {model['candidate']} {check['id']}": (
            check["status"],
            check["severity"],
            [one["message"] for one in check.get("findings", [])],
        )
        for model in run.report["models"]
        for check in model["checks"]
    }


@pytest.mark.parametrize("name", NAMES)
def test_docker_and_embedded_agree_check_by_check(
    made: dict[str, PullRequest], serving_image: str, name: str
) -> None:
    repository = Repo(made[name].repository)
    embedded = gate(repository, "--runtime=embedded")
    real = gate(repository, "--runtime=docker", f"--serving-image={serving_image}")
    assert said(real) == said(embedded)
    assert real.exit_code == embedded.exit_code
    assert real.report["verdict"] == made[name].expected_verdict
    assert real.report["runtime"] == "docker"
    assert real.report["serving_image"].startswith(serving_image.partition(":")[0])
    assert all(model["image_id"].startswith("sha256:") for model in real.report["models"])


def test_a_run_without_an_engine_is_undecided(made: dict[str, PullRequest], tmp_path: Path) -> None:
    repository = Repo(made["ozone-retrained"].repository)
    nowhere = {"DOCKER_HOST": f"unix://{tmp_path / 'docker.sock'}"}
    run = gate(repository, "--runtime=docker", extra=nowhere)
    assert run.exit_code == 3
    assert "No Docker engine answers" in run.ended.stdout
    assert "--runtime embedded" in run.ended.stdout


def test_an_image_that_is_not_to_be_had_is_undecided(made: dict[str, PullRequest]) -> None:
    repository = Repo(made["ozone-retrained"].repository)
    run = gate(repository, "--runtime=docker", "--serving-image=localhost:1/no/such:image")
    assert run.exit_code == 3
    assert "localhost:1/no/such:image could not be pulled" in run.ended.stdout


def test_more_memory_than_production_gives_rejects(serving_image: str, tmp_path: Path) -> None:
    repository = Repo(tmp_path / "repository")
    repository.write("servegate.yml", "serving: {memory: 64MiB}\n")
    repository.commit()
    large_model(repository.file("models/m/1"))
    repository.commit()
    run = gate(repository, "--runtime=docker", f"--serving-image={serving_image}")
    assert run.exit_code == 1, run.output
    assert "of `serving.memory`" in run.failed("m")["version/loads"]


def test_a_server_that_is_killed_for_the_machines_memory_is_undecided(
    client: docker.APIClient, serving_image: str, tmp_path: Path
) -> None:
    repository = Repo(tmp_path / "repository")
    repository.write("README.md").commit()
    write_model(repository.file("models/m/1"))
    repository.commit()
    entrypoint = 'ENTRYPOINT ["bash", "-c", "exit 137", "server"]'
    with derived(client, serving_image, entrypoint) as image:
        run = gate(repository, "--runtime=docker", f"--serving-image={image}")
    assert run.exit_code == 3, run.output
    (message,) = run.statuses("m", "errored").values()
    assert "exit status 137: ended from outside; the machine may be out of memory" in message
    assert "fewer models at once" in message
