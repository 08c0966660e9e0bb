"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.conformance_table import pytest_terminal_summary
from tests.support.engine import standin_image

PROJECT = Path(__file__).resolve().parent.parent

__all__ = ["pytest_terminal_summary"]

# No test asserts on time: a busy machine is none of its business.
settings.register_profile("servegate", deadline=None)
settings.load_profile("servegate")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--serving-image",
        default="",
        help="run the Docker tests on this image (tensorflow/serving:…), not on the stand-in",
    )


@pytest.fixture(scope="session")
def serving_image(pytestconfig: pytest.Config) -> str:
    """What the Docker tests run on; they skip where no engine answers."""
    return str(pytestconfig.getoption("--serving-image")) or standin_image()


@pytest.fixture(scope="session")
def shared_models() -> Path:
    """Real SavedModels made by other people; tests that need them skip where they are absent."""
    folder = PROJECT.parent / "shared" / "models"
    if not folder.is_dir():
        pytest.skip("../shared/models is not there")
    return folder
