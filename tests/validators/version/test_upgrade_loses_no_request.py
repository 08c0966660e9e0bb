"""Which requests count as lost, and how that is told."""

from __future__ import annotations

import pytest

from servegate.providers import Blocked
from tests.support.evidence import candidate, finding, findings, remarks
from tests.support.rehearsals import asked, rehearsal, timeline
from validators.version.upgrade_loses_no_request import upgrade_loses_no_request

GONE = "NOT_FOUND: Servable not found for request: Latest(prices)"


def test_without_a_loss_the_slowest_answer_and_the_memory_are_told() -> None:
    seen = timeline(asked(0.5, 1, seconds=0.2), asked(1.9, 2), memory=(2**20, 3 * 2**20))
    (said,) = remarks(upgrade_loses_no_request(candidate(), rehearsal(seen)))
    assert said == (
        "2 requests up to the switch, none lost; the slowest took 200 ms. The server held 3 MiB "
        "at most."
    )


def test_a_lost_request_is_told_with_its_time() -> None:
    seen = timeline(asked(0.5, 1), asked(1.7, None, trouble=GONE), asked(1.9, 2))
    found = finding(upgrade_loses_no_request(candidate(), rehearsal(seen)))
    assert found.message.startswith("1 of 3 requests got no answer while version 2 took over")
    assert GONE in found.observed
    assert "+0.70 s from the delivery" in found.observed
    assert found.evidence["count"] == 1


def test_what_is_lost_on_the_way_back_is_not_the_upgrade_s() -> None:
    seen = timeline(asked(0.5, 1), asked(1.9, 2), asked(2.7, None, trouble=GONE))
    assert not findings(upgrade_loses_no_request(candidate(), rehearsal(seen)))


def test_a_server_killed_for_its_memory_is_a_finding() -> None:
    died = "The server died (it needed more memory than the 1 GiB of `serving.memory`)."
    seen = timeline(memory=(900 * 2**20,))
    found = finding(
        upgrade_loses_no_request(candidate(), rehearsal(seen, failure=died, killed=True))
    )
    assert "loaded beside 1" in found.message
    assert found.observed.endswith("900 MiB were seen before")


def test_an_upgrade_that_did_not_happen_is_told_elsewhere() -> None:
    with pytest.raises(Blocked) as blocked:
        list(upgrade_loses_no_request(candidate(), rehearsal(failure="it is corrupt")))
    assert blocked.value.by == "version/upgrade-happens"
