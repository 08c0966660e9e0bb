"""Every row is a real repository and the real command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.repos import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repository")
