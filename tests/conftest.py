"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.conformance_table import pytest_terminal_summary
from tests.support.engine import standin_image

PROJECT = Path(__file__).resolve().parent.parent
SPLIT = frozenset({"test_mutants.py"})

__all__ = ["pytest_terminal_summary"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--serving-image",
        default="",
        help="run the Docker tests on this image (tensorflow/serving:…), not on the stand-in",
    )


@pytest.hookimpl(tryfirst=True)  # the workers read the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Workers take whole files, as servers and models are shared within one.

    But not of `SPLIT`: their tests share nothing, and are too many for one worker.
    """
    for item in items:
        if item.path.name not in SPLIT:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))


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
