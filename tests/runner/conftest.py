"""A machine as GitHub's, for jobs that use this action."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from sample_models.pull_requests import clean_twins, pull_requests
from tests.support.action_runner import ActionRunner, StandIn, interpreter
from tests.support.gaterun import PROJECT
from tests.support.repos import PullRequest, Repo
from tests.support.sample_models import built_samples


def _setup_python(_runner: ActionRunner, given: Mapping[str, str]) -> dict[str, str]:
    """Installs nothing: the interpreter is that of the tests."""
    assert given["update-environment"] == "false"
    return {"python-path": str(interpreter()), "python-version": given["python-version"]}


def _cache_hit(runner: ActionRunner, given: Mapping[str, str]) -> dict[str, str]:
    """The environment is found: it is that of the tests, which holds all that the lock names."""
    place = Path(given["path"])
    assert place.parent == runner.temp
    assert given["key"].startswith("servegate-Linux-X64-")
    if not place.is_symlink():
        place.symlink_to(sys.prefix)
    return {"cache-hit": "true"}


def _never(_runner: ActionRunner, given: Mapping[str, str]) -> dict[str, str]:
    raise AssertionError(f"not after a hit: {given}")


STAND_INS: Mapping[str, StandIn] = {
    "actions/setup-python": _setup_python,
    "actions/cache/restore": _cache_hit,
    "actions/cache/save": _never,
}


DOCKER_SOCKET = Path("/var/run/docker.sock")


@pytest.fixture
def actions() -> Mapping[str, StandIn]:
    """What stands in for the actions that ours uses."""
    return STAND_INS


@pytest.fixture
def groups() -> tuple[int, ...]:
    """The groups of the job's user: as on GitHub's machines, they may use the engine."""
    return (DOCKER_SOCKET.stat().st_gid,) if DOCKER_SOCKET.exists() else ()


@pytest.fixture
def runner(actions: Mapping[str, StandIn], groups: tuple[int, ...]) -> Iterator[ActionRunner]:
    """A fresh machine; afterwards nothing may be left of the job's."""
    if os.geteuid() != 0:
        pytest.skip("only root can run a job as another user")
    with ActionRunner(PROJECT, actions=actions, groups=groups) as machine:
        if not machine.usable:
            pytest.skip("the interpreter is closed to other users, and no namespace can be made")
        yield machine
        assert machine.processes() == []
        assert machine.strays() == []
        left = {entry.name for entry in machine.temp.iterdir()}
        assert left <= {"servegate-environment", "servegate-pull.log"}


@pytest.fixture(params=["embedded", "docker"])
def runtime(request: pytest.FixtureRequest) -> dict[str, str]:
    """The inputs that choose a runtime; each is tried where it can run."""
    if request.param == "embedded":
        return {"runtime": "embedded"}
    return {"runtime": "docker", "serving_image": request.getfixturevalue("serving_image")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A pull request of the sample models, as GitHub holds it, and the checks that it fails."""

    pull: PullRequest
    fails: tuple[str, ...]


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sample]:
    """Every sample pull request, by name."""
    folder = tmp_path_factory.mktemp("samples")
    made = (*pull_requests(built_samples(), folder), *clean_twins(built_samples(), folder))
    found = {}
    for one in made:
        origin = Repo(one.repository)
        origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
        found[one.name] = Sample(pull=origin.pull_request(one.name), fails=one.expected_checks)
    return found
