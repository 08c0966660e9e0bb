from __future__ import annotations

import time

import pytest

from servegate.cli.setting_up import STARTED, setup_phase
from servegate.phases import Phase


def test_the_action_says_when_it_began() -> None:
    (seconds,) = setup_phase({STARTED: str(int(time.time()) - 100)}).values()
    assert 100 <= seconds < 200
    assert list(setup_phase({STARTED: f"{time.time()}\n"})) == [Phase.SETUP]


@pytest.mark.parametrize("said", ["", "soon", "nan", "inf", "-1", "0", "9e99", "12:30"])
def test_what_cannot_be_is_not_told(said: str) -> None:
    assert setup_phase({STARTED: said}) == {}
    assert setup_phase({}) == {}
