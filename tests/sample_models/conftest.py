from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sample_models import built_samples


@pytest.fixture(scope="session")
def built() -> Path:
    return built_samples()
