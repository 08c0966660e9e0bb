"""The command line from outside, as a process of its own."""

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
