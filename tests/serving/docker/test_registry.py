"""Images that come from a registry, a real one: by digest, at the second attempt, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.serving.docker.host import DockerHost
from servegate.serving.docker.images import repository_digest
from servegate.serving.docker.runtime import DockerRuntime
from servegate.serving.docker.settings import DockerSettings
from tests.support.gaterun import gate
from tests.support.registry import Registry, registry
from tests.support.repos import Repo
from tests.support.runtimes import launch
from tests.support.tinymodels import write_model

SOON = 60.0
NO_DIGEST = f"sha256:{'0' * 64}"


@pytest.fixture
def serving(client: docker.APIClient, tmp_path: Path) -> Iterator[Registry]:
    made = registry(tmp_path)
    made.start()
    try:
        yield made
    finally:
        made.stop()
        for one in client.images():
            names = (*(one["RepoTags"] or ()), *(one["RepoDigests"] or ()))
            if any(name.startswith(made.address) for name in names):
                client.remove_image(one["Id"], force=True)


def between_attempts(then: Callable[[], None]) -> Deadline:
    """A deadline that does something in place of every wait."""

    class Waiting(Deadline):
        def sleep(self, _seconds: float) -> None:
            then()

    return Waiting.after(SOON)


@pytest.mark.docker
def test_an_image_is_pulled_by_its_digest(serving: Registry, client: docker.APIClient) -> None:
    _, digest = serving.push(client, "app")
    with DockerHost(DockerSettings(files=serving.folder, image=digest)) as host:
        base = host.base(Deadline.after(SOON))
        assert base["RepoDigests"] == [digest]
        assert host.serving_image == digest
        assert host.pushed_image is None  # production's own, without a candidate in it


@pytest.mark.docker
def test_a_pull_that_failed_is_tried_once_more(serving: Registry, client: docker.APIClient) -> None:
    name, digest = serving.push(client, "app")
    serving.stop()
    with DockerHost(DockerSettings(files=serving.folder, image=name)) as host:
        host.base(between_attempts(serving.start))
        assert host.serving_image == digest


@pytest.mark.docker
def test_a_pull_that_fails_twice_is_no_verdict(serving: Registry, client: docker.APIClient) -> None:
    _, digest = serving.push(client, "app")
    unknown = digest.partition("@")[0] + f"@{NO_DIGEST}"
    waited: list[None] = []
    with (
        DockerHost(DockerSettings(files=serving.folder, image=unknown)) as host,
        pytest.raises(CannotTell, match=r"could not be pulled: manifest for .* not found") as told,
    ):
        host.base(between_attempts(lambda: waited.append(None)))
    assert len(waited) == 1
    assert "docker login" in told.value.remedy


@pytest.mark.docker
def test_a_built_image_is_known_by_what_its_registry_calls_it(
    serving: Registry, client: docker.APIClient
) -> None:
    name, digest = serving.push(client, "app")
    write_model(serving.folder / "m" / "1")
    with DockerHost(DockerSettings(files=serving.folder, built_image=name)) as host:
        runtime = DockerRuntime(host)
        # There is no server in it; by then the candidate's image was built.
        with pytest.raises(CannotTell, match="cannot be executed"):
            runtime.start(launch(serving.folder / "m"), Deadline.after(SOON))
    assert runtime.image is not None
    assert runtime.image.digest == runtime.image.serving == digest
    assert runtime.image.id not in digest


@pytest.mark.docker
def test_the_report_names_the_digest(serving: Registry, client: docker.APIClient) -> None:
    name, digest = serving.push(client, "app")
    repo = Repo(serving.folder / "repository")
    repo.write("servegate.yml", f"serving:\n  built_image: {name}\n")
    write_model(repo.file("models/m/1"))
    repo.commit()
    write_model(repo.file("models/m/2"), weight=3.0)
    repo.commit()
    run = gate(repo, "--runtime=docker")
    (model,) = run.report["models"]
    assert model["image_digest"] == run.report["serving_image"] == digest
    assert set(model["phases"]) >= {"image", "build", "checks"}


@pytest.mark.parametrize(
    ("reference", "known"),
    [
        ("tensorflow/serving:2.19.1", True),
        ("tensorflow/serving", True),
        (f"tensorflow/serving@{NO_DIGEST}", True),
        ("docker.io/tensorflow/serving:2.19.1", True),
        ("ghcr.io/tensorflow/serving:2.19.1", False),
        ("serving:2.19.1", False),
    ],
)
def test_a_digest_belongs_to_a_repository(reference: str, known: bool) -> None:  # noqa: FBT001
    named = f"tensorflow/serving@{NO_DIGEST}"
    image = {"RepoDigests": [f"localhost:5000/tensorflow/serving@{NO_DIGEST}", named]}
    assert repository_digest(image, reference) == (named if known else None)
    assert repository_digest({"RepoDigests": None}, reference) is None


def test_docker_hub_goes_without_saying() -> None:
    image = {"RepoDigests": [f"debian@{NO_DIGEST}"]}
    assert repository_digest(image, "docker.io/library/debian:12") == f"debian@{NO_DIGEST}"
