"""What is staged for a server, and when none is started at all."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from servegate.evidence.staging import refuse_hopeless_flags
from servegate.facts.settings import Settings, WrittenFlag
from servegate.findings import Status
from servegate.providers import Blocked
from tests.support.scenes import Scene, gate, results

_NEVER = "--file_system_poll_wait_seconds=-1"
_CHECKS = ("version/flags-are-known", "version/loads", "preprocessing/contract-unchanged")


def test_flags_with_which_no_server_ever_has_a_version() -> None:
    with pytest.raises(Blocked, match="switches polling off") as blocked:
        refuse_hopeless_flags(Settings(written_flags=(WrittenFlag(text=_NEVER),)))
    assert blocked.value.by == "version/flags-are-known"


def test_no_server_is_waited_for_that_would_never_load_anything(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.configure(serving={"flags": [_NEVER]})
    scene.released("1")
    scene.model("2")
    started = time.monotonic()
    report = gate(scene, only=_CHECKS)

    assert time.monotonic() - started < 60  # the deadline for loading is 120 seconds
    (loads,) = results(report, "version/loads")
    assert loads.status is Status.SKIPPED
    assert "version/flags-are-known has the reason" in loads.message
