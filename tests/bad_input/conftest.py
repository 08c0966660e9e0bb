"""Bad input through the real command line: what it gets, and that the rest goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.repos import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository with a first commit."""
    repo = Repo(tmp_path / "repository")
    repo.write("README.md").commit()
    return repo
