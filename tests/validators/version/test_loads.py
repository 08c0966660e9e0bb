from __future__ import annotations

from typing import cast

import pytest

from servegate.facts.serving import Server
from servegate.facts.start import Start
from servegate.findings import Location
from servegate.providers import Broken
from tests.support.evidence import candidate, finding, findings
from validators.version.loads import loads

_UNASKED = cast("Server", None)  # what came of the start is known: no question is put


def test_carries_the_servers_reason_and_its_log() -> None:
    failed = Start(
        server=_UNASKED, model="prices", as_production=True, failure="DATA_LOSS: x", log="tail"
    )
    found = finding(loads(candidate(), failed))

    assert found.message == "Version 2 does not load: DATA_LOSS: x"
    assert found.evidence == {"log": "tail"}
    assert found.location == Location(file="models/prices/2")


def test_no_failure() -> None:
    assert not findings(
        loads(candidate(), Start(server=_UNASKED, model="prices", as_production=False))
    )


def _unregistered(op: str, runtime: str) -> Start:
    reason = f"NOT_FOUND: Op type not registered '{op}' in binary running on host."
    return Start(
        server=_UNASKED, model="prices", as_production=True, runtime=runtime, failure=reason
    )


def test_op_that_only_the_embedded_server_lacks_is_no_verdict() -> None:
    with pytest.raises(Broken, match="official TF Serving image") as broken:
        list(loads(candidate(), _unregistered("RegexSplitWithOffsets", "embedded")))
    assert "--runtime binary" in broken.value.remedy


@pytest.mark.parametrize(
    ("op", "runtime"), [("RegexSplitWithOffsets", "binary"), ("RankPricesV2", "embedded")]
)
def test_op_that_production_lacks_too(op: str, runtime: str) -> None:
    assert op in finding(loads(candidate(), _unregistered(op, runtime))).message
