"""Every recorded exchange with TF Serving 2.20, put to the embedded server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.conftest import PROJECT
from tests.support.conformance import Kind, Recordings, replay
from tests.support.conformance_grpc import grpc_kind
from tests.support.conformance_raw import rest_raw_kind
from tests.support.conformance_rest import rest_extra_kind, rest_kind, rest_slow_kind
from tests.support.conformance_table import note

KINDS = (
    rest_kind("configs/rest_main.config"),
    rest_extra_kind(),
    rest_slow_kind(),
    rest_raw_kind(),
    grpc_kind("configs/grpc_main.config"),
)
DIFFERENCES = yaml.safe_load((Path(__file__).parent / "differences.yml").read_text())


@pytest.fixture(scope="module")
def recordings() -> Recordings:
    folder = PROJECT.parent / "shared" / "conformance"
    if not folder.is_dir():
        pytest.skip("../shared/conformance is not there")
    return Recordings(folder=folder, root=folder)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_recorded_exchanges(
    kind: Kind,
    recordings: Recordings,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    tally = replay(kind, recordings, tmp_path)
    note(record_property, tally, source="all")
    meant = DIFFERENCES.get(kind.name, {}).keys()
    unmeant = [f"{case}: {text}" for case, text in tally.differing.items() if case not in meant]
    if unmeant:
        pytest.fail("\n".join(unmeant), pytrace=False)
    assert meant == tally.differing.keys(), "these agree now: take them off differences.yml"
