"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_models() -> Path:
    """Real SavedModels made by other people; tests that need them skip where they are absent."""
    folder = PROJECT.parent / "shared" / "models"
    if not folder.is_dir():
        pytest.skip("../shared/models is not there")
    return folder
