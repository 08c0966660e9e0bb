"""The twins of the validator `version`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.detecting import assert_not_accused, twins_of
from tests.support.mutants import Twin


@pytest.mark.parametrize("twin", twins_of("version"))
def test_twin_is_not_accused(twin: Twin, tmp_path: Path) -> None:
    assert_not_accused(twin, tmp_path)
