from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.configuration import make_repository


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path)
