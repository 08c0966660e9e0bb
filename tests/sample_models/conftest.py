from __future__ import annotations

from pathlib import Path

import pytest

from sample_models.pull_requests import PullRequest, all_pull_requests
from tests.support.sample_models import built_samples


@pytest.fixture(scope="session")
def built() -> Path:
    return built_samples()


@pytest.fixture(scope="session")
def made(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, PullRequest]:
    """Every sample pull request by name."""
    target = tmp_path_factory.mktemp("pull-requests")
    return {one.name: one for one in all_pull_requests(built, target)}
