"""The mutants and twins of the validator `preprocessing`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.detecting import assert_caught, assert_not_accused, mutants_of, twins_of
from tests.support.mutants import Mutant, Twin


@pytest.mark.parametrize("mutant", mutants_of("preprocessing"))
def test_mutant_is_caught(mutant: Mutant, tmp_path: Path) -> None:
    assert_caught(mutant, tmp_path)


@pytest.mark.parametrize("twin", twins_of("preprocessing"))
def test_twin_is_not_accused(twin: Twin, tmp_path: Path) -> None:
    assert_not_accused(twin, tmp_path)
