"""The gate says the same of every sample pull request, whichever runtime answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sample_models.pull_requests import PullRequest, clean_twins, pull_requests
from tests.support.engine import large_model
from tests.support.gaterun import GateRun, gate
from tests.support.repos import Repo
from tests.support.sample_models import built_samples

pytestmark = pytest.mark.docker
NAMES = (
    "ozone-retrained",
    "ozone-pinned",
    "reviews-unprocessed",
    "iris-constant",
    "cars-hidden-layer",
    "reviews-retrained",
    "iris-retrained",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PullRequest]:
    target = tmp_path_factory.mktemp("pull-requests")
    built = built_samples()
    everything = (*pull_requests(built, target), *clean_twins(built, target))
    return {one.name: one for one in everything}


def test_every_sample_is_here(made: dict[str, PullRequest]) -> None:
    assert set(NAMES) == set(made)


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
