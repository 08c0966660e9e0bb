"""The recorded exchanges that are the project's own, on models that are built here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.conformance import Kind, Recordings, replay
from tests.support.conformance_grpc import grpc_kind
from tests.support.conformance_models import write_recorded_models
from tests.support.conformance_raw import rest_raw_kind
from tests.support.conformance_rest import rest_kind
from tests.support.conformance_table import note

FOLDER = Path(__file__).parent / "recorded"
KINDS = (rest_kind("models.config"), rest_raw_kind(), grpc_kind("models.config"))


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    root = tmp_path_factory.mktemp("recorded")
    write_recorded_models(root / "models")
    return Recordings(folder=FOLDER, root=root)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_kept_exchanges(
    kind: Kind,
    recordings: Recordings,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    tally = replay(kind, recordings, tmp_path)
    note(record_property, tally, source="kept")
    if tally.differing:
        pytest.fail("\n".join(f"{case}: {x}" for case, x in tally.differing.items()), pytrace=False)


def test_every_file_is_replayed() -> None:
    assert {path.stem for path in FOLDER.glob("*.jsonl")} == {kind.name for kind in KINDS}
