"""The environment as the action installs it, from the lock and the package index."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.runner.conftest import STAND_INS, Sample
from tests.support import events
from tests.support.action_runner import ActionRunner, StandIn
from tests.support.gaterun import PROJECT


def _miss(_runner: ActionRunner, _given: Mapping[str, str]) -> dict[str, str]:
    return {"cache-hit": ""}


def _saved(runner: ActionRunner, given: Mapping[str, str]) -> dict[str, str]:
    """What is saved is whole: the interpreter and the packages."""
    assert (Path(given["path"]) / "bin" / "python").exists()
    assert (Path(given["path"]) / "lib").is_dir()
    (runner.temp / "saved").write_text(given["key"])
    return {}


@pytest.fixture
def actions() -> Mapping[str, StandIn]:
    """Nothing is in the cache, and nothing that did not work may get there."""
    return {**STAND_INS, "actions/cache/restore": _miss}


def test_an_environment_that_cannot_be_installed_is_no_verdict(
    runner: ActionRunner, samples: dict[str, Sample]
) -> None:
    pull = samples["cars-hidden-layer"].pull
    runner.check_out(pull)
    env = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:1/",
        "PIP_RETRIES": "1",
    }
    job = runner.run(events.pull_request(pull), env=env, runtime="embedded")
    assert job.exit_code == 3, job.log
    assert job.outputs["verdict"] == "undecided"
    assert "Run Servegate" not in job.ran
    (error,) = job.annotated("error")
    assert "The environment could not be installed." in error.data
    assert "Connection refused" in error.data
    assert "PIP_INDEX_URL" in error.data
    assert "Undecided: nothing was examined." in job.summary
    assert runner.changes() == set()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_installs_what_is_not_in_the_cache(samples: dict[str, Sample]) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can run a job as another user")
    actions = {**STAND_INS, "actions/cache/restore": _miss, "actions/cache/save": _saved}
    # Whoever has the packages on a mirror or a disk says so by pip's own settings.
    settings = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    pull = samples["cars-hidden-layer"].pull
    with ActionRunner(PROJECT, actions=actions) as runner:
        if not runner.usable:
            pytest.skip("the interpreter is closed to other users, and no namespace can be made")
        workspace = runner.check_out(pull)
        event = events.pull_request(pull)
        job = runner.run(event, env=settings, seconds=800.0, runtime="embedded")
        assert job.exit_code == 0, job.log
        assert "Install the environment" in job.ran
        assert (runner.temp / "saved").read_text().startswith("servegate-Linux-X64-")
        report = json.loads(workspace.file("servegate-report/report.json").read_bytes())
        assert report["verdict"] == "accepted"
        assert runner.processes() == []
