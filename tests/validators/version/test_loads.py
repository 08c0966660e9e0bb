from __future__ import annotations

from typing import cast

import pytest

from servegate.facts.production import Situation
from servegate.facts.serving import Server
from servegate.facts.settings import Rollout, Settings
from servegate.facts.start import Start
from servegate.findings import Location
from servegate.providers import Broken
from tests.support.evidence import candidate, finding, findings, production, situation
from validators.version.loads import loads

_UNASKED = cast("Server", None)  # what came of the start is known: no question is put


def test_carries_the_servers_reason_and_its_log() -> None:
    failed = Start(
        server=_UNASKED, model="prices", as_production=True, failure="DATA_LOSS: x", log="tail"
    )
    found = finding(loads(candidate(), production(), Settings(), failed))

    assert found.message == (
        "Version 2 does not load, and in production version 1 goes on answering: DATA_LOSS: x"
    )
    assert found.evidence == {"log": "tail"}
    assert found.location == Location(file="models/prices/2")


def test_no_failure() -> None:
    fine = Start(server=_UNASKED, model="prices", as_production=False)

    assert not findings(loads(candidate(), production(), Settings(), fine))


@pytest.mark.parametrize(
    ("base", "rollout", "words"),
    [
        (situation("1"), Rollout.IMAGE, "a fresh server does not start"),
        (situation(), Rollout.VOLUME, "nothing answers"),
    ],
)
def test_says_what_comes_of_it(base: Situation, rollout: Rollout, words: str) -> None:
    failed = Start(server=_UNASKED, model="prices", as_production=True, failure="x")
    served = production(base=base)

    assert words in finding(loads(candidate(), served, Settings(rollout=rollout), failed)).message


def _unregistered(op: str, runtime: str) -> Start:
    reason = f"NOT_FOUND: Op type not registered '{op}' in binary running on host."
    return Start(
        server=_UNASKED, model="prices", as_production=True, runtime=runtime, failure=reason
    )


def test_op_that_only_the_embedded_server_lacks_is_no_verdict() -> None:
    with pytest.raises(Broken, match="official TF Serving image") as broken:
        list(
            loads(
                candidate(),
                production(),
                Settings(),
                _unregistered("RegexSplitWithOffsets", "embedded"),
            )
        )
    assert "--runtime binary" in broken.value.remedy


@pytest.mark.parametrize(
    ("op", "runtime"), [("RegexSplitWithOffsets", "binary"), ("RankPricesV2", "embedded")]
)
def test_op_that_production_lacks_too(op: str, runtime: str) -> None:
    assert (
        op
        in finding(loads(candidate(), production(), Settings(), _unregistered(op, runtime))).message
    )
