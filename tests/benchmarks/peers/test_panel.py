"""What peers are shown, and the smoke test."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmarks.detection.case import Kind
from benchmarks.detection.change import Change
from benchmarks.detection.origin import Origin
from benchmarks.detection.peers.panel import Panel, shown
from benchmarks.detection.peers.peer import Question
from benchmarks.detection.peers.row import read_peer_rows, write_peer_rows
from benchmarks.detection.peers.smoke import Smoke
from benchmarks.detection.peers.tally import noticed_by, peer_counts
from benchmarks.detection.tally import Share
from servegate.facts.probes import Probe, Provenance
from tests.support.benchrows import linear_origin, peer_row, plan
from tests.support.tinymodels import write_model

PROBE = Probe(
    label="one",
    signature="serving_default",
    inputs={"x": np.array([[1.0]], np.float32)},
    provenance=Provenance.EXAMPLE,
)


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return linear_origin(tmp_path / "origin")


@pytest.fixture
def change(origin: Origin, tmp_path: Path) -> Change:
    return Change.of(origin, tmp_path / "change")


def test_the_candidate_is_shown(change: Change) -> None:
    assert shown(change) == change.new


def test_whatever_its_name(change: Change) -> None:
    renamed = change.rename("latest")
    assert shown(change) == renamed


def test_else_what_production_has(change: Change) -> None:
    shutil.rmtree(change.new)
    assert shown(change) == change.old
    shutil.rmtree(change.old)
    assert shown(change) is None


@pytest.mark.parametrize("kind", [Kind.SCENARIO, Kind.HEALTHY])
def test_only_faults_and_twins_are_shown(
    kind: Kind, origin: Origin, change: Change, tmp_path: Path
) -> None:
    (case,) = plan(kind, "H01", "retraining/one").on([origin])
    assert Panel(peers=(Smoke(),)).ask(case, change, None, tmp_path / "place") == ()


def test_nothing_to_show_is_not_noticed(origin: Origin, change: Change, tmp_path: Path) -> None:
    shutil.rmtree(change.new.parent)
    (case,) = plan(Kind.MUTANT, "V16", "layout/one").on([origin])
    (found,) = Panel(peers=(Smoke(),)).ask(case, change, None, tmp_path / "place")
    assert (found.peer, found.noticed) == ("load and query", False)
    assert "no directory" in found.said


def test_the_smoke_test_wants_one_success(tmp_path: Path) -> None:
    healthy = write_model(tmp_path / "1")
    renamed = write_model(tmp_path / "2", input_name="given")
    (tmp_path / "3").mkdir()
    (tmp_path / "3" / "saved_model.pb").write_bytes(b"\xff")
    found = [
        Smoke().ask(Question(directory=one, probe=PROBE, folder=tmp_path / f"place {number}"))
        for number, one in enumerate((healthy, renamed, tmp_path / "3"))
    ]
    assert [one.noticed for one in found] == [False, True, True]
    assert found[0].said == ""
    assert all(one.said for one in found[1:])


def test_peers_are_counted_by_pairs(tmp_path: Path) -> None:
    rows = (
        peer_row("scan", Kind.MUTANT, "G01", noticed=True),
        peer_row("scan", Kind.TWIN, "G01", noticed=False),
        peer_row("scan", Kind.MUTANT, "G01", noticed=True, origin="cars"),
        peer_row("scan", Kind.TWIN, "G01", noticed=True, origin="cars"),
        peer_row("scan", Kind.MUTANT, "G01", noticed=False, origin="ozone"),
    )
    counted = peer_counts(rows)["scan"]
    assert counted.mutants == Share(hits=2, of=3)
    assert counted.twins == Share(hits=1, of=2)
    assert counted.told_apart == Share(hits=1, of=2)
    assert noticed_by(rows)("G01") == [("scan", "2/3")]
    assert noticed_by(rows)("G02") == []
    write_peer_rows(rows, tmp_path / "peers.jsonl")
    assert sorted(read_peer_rows(tmp_path / "peers.jsonl"), key=str) == sorted(rows, key=str)
