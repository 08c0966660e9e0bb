"""The mutants of the validator `version`; apart from the twins, since a worker takes a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.detecting import assert_caught, mutants_of
from tests.support.mutants import Mutant


@pytest.mark.parametrize("mutant", mutants_of("version"))
def test_mutant_is_caught(mutant: Mutant, tmp_path: Path) -> None:
    assert_caught(mutant, tmp_path)
