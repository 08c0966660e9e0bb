"""What is said of an upgrade that happens, and of one that does not."""

from __future__ import annotations

from dataclasses import replace

from servegate.facts.settings import Settings
from servegate.findings import Remark
from servegate.timeline import KEY
from tests.support.evidence import candidate, finding, production, remarks
from tests.support.rehearsals import rehearsal
from validators.version.upgrade_happens import upgrade_happens


def test_an_upgrade_that_happens_is_told_with_its_time_and_drawn() -> None:
    said = list(upgrade_happens(candidate(), production(), Settings(), rehearsal()))
    (remark,) = said
    assert isinstance(remark, Remark)
    assert remark.message == ("Version 2 took over from 1 within 1.0 s of being delivered.")
    assert KEY in remark.evidence


def test_what_differs_from_production_is_said() -> None:
    notes = ("Production looks for versions every 30 seconds, the gate's server every second.",)
    (said,) = remarks(
        upgrade_happens(candidate(), production(), Settings(), rehearsal(notes=notes))
    )
    assert said.endswith(notes[0])


def test_a_version_that_fails_to_load_is_told_in_the_server_s_words() -> None:
    failed = rehearsal(failure="DATA_LOSS: unreadable")
    found = finding(upgrade_happens(candidate(), production(), Settings(), failed))
    assert "DATA_LOSS: unreadable" in found.message
    assert "version 1 would go on answering" in found.message
    assert found.observed == "version 1 is END, version 2 is AVAILABLE"
    assert KEY in found.evidence


def test_a_server_that_does_not_look_is_told_by_its_flag() -> None:
    flags = ("--file_system_poll_wait_seconds=-1",)
    failed = rehearsal(failure="after 4 seconds the server has not noticed it")
    found = finding(
        upgrade_happens(candidate(), replace(production(), flags=flags), Settings(), failed)
    )
    assert "--file_system_poll_wait_seconds" in found.message
    assert "`rollout: image`" in found.remedy.replace("{", "").replace("serving: ", "").replace(
        "}", ""
    )
    assert found.location is not None
    assert found.location.file == "servegate.yml"


def test_a_killed_server_is_told_to_be_down() -> None:
    killed = rehearsal(failure="The server died (it needed more memory).", killed=True)
    found = finding(upgrade_happens(candidate(), production(), Settings(), killed))
    assert "The server is down." in found.message
    assert "serving.memory" in found.remedy
