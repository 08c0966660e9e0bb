from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from servegate.evidence.saved_model import reading
from servegate.evidence.weights import baseline_weights, weights
from servegate.facts.change import Baseline
from servegate.facts.settings import Settings
from servegate.facts.weights import Weights
from servegate.findings import Finding, Location, NotExamined, Severity
from servegate.graph.misfits import Misfit, MisfitKind
from servegate.savedmodel.bundle import Bundle, Entry
from servegate.savedmodel.reader import read
from servegate.savedmodel.shards import MAX_BYTES
from servegate.savedmodel.unreadable import Fault, Unreadable
from servegate.tfserving.versions import Version
from tests.support.checkpoints import write_checkpoint, write_linear_model
from tests.support.evidence import (
    FIRST_VERSION,
    candidate,
    change,
    findings,
    later,
    remarks,
)
from validators.version.weights_complete import weights_complete

_PLACE = "models/prices/2"
_INDEX = "variables/variables.index"


def _weights(root: Path) -> Weights:
    """What is found out about a version directory."""
    version = root / _PLACE
    asked = candidate(root=version)
    read_once = reading(asked, change(root=root), Settings())
    return weights(asked, change(root=root), read_once, read(version), later(FIRST_VERSION))


def _told(found: Weights, before: Weights | None = None) -> list[Finding]:
    return findings(weights_complete(candidate(), found, later(before or FIRST_VERSION)))


def _misfits(*names: str, kind: MisfitKind = MisfitKind.MISSING) -> Weights:
    return Weights(present=True, misfits=tuple(Misfit(kind=kind, name=name) for name in names))


def test_whole_weights(tmp_path: Path) -> None:
    write_linear_model(tmp_path / _PLACE, shards=2)

    assert not _told(_weights(tmp_path))


def test_missing_weights_are_named(tmp_path: Path) -> None:
    write_linear_model(tmp_path / _PLACE)
    (tmp_path / _PLACE / _INDEX).unlink()
    (found,) = _told(_weights(tmp_path))

    assert "restores 2 variables" in found.message
    assert "bias, weight" in found.expected
    assert found.location == Location(file=f"{_PLACE}/{_INDEX}")
    assert found.severity is None


def test_damage_and_misfits_are_told_beside_one_another(tmp_path: Path) -> None:
    write_checkpoint(write_linear_model(tmp_path / _PLACE), {"bias": 1.0})
    shard = tmp_path / _PLACE / "variables" / "variables.data-00000-of-00001"
    shard.write_bytes(b"\1\0\0\0")
    damaged, unfit = _told(_weights(tmp_path))

    assert "the bytes of 1 tensor are not those" in damaged.message
    assert unfit.evidence == {"kind": "not in the checkpoint", "tensors": ["weight"]}


def test_an_unreadable_index_is_the_only_thing_that_is_told() -> None:
    problem = Unreadable(_INDEX, "is empty (0 bytes)", "Export again.", Fault.EMPTY)
    (found,) = _told(Weights(present=True, needed=("weight",), problems=(problem,)))

    assert found.message.startswith(f"{_PLACE}/{_INDEX} is empty (0 bytes).")


def test_what_the_base_version_lacks_too_is_told_apart() -> None:
    new, old = _told(_misfits("bias", "weight"), _misfits("weight"))

    assert (new.severity, new.evidence["tensors"]) == (None, ["bias"])
    assert (old.severity, old.evidence["tensors"]) == (Severity.ADVISORY, ["weight"])


def test_another_kind_is_not_inherited() -> None:
    (found,) = _told(_misfits("weight"), _misfits("weight", kind=MisfitKind.SHAPE))

    assert found.severity is None


@pytest.mark.parametrize("names", [("bias",), tuple(f"layer{number}" for number in range(200))])
def test_a_report_stays_readable(names: Sequence[str]) -> None:
    (found,) = _told(_misfits(*names))

    assert len(found.message) < 400


def test_the_base_versions_bytes_are_not_needed(tmp_path: Path) -> None:
    root = write_checkpoint_without_bytes(tmp_path / "1")
    baseline = Baseline(version=Version(1), directory="1", root=root)

    assert baseline_weights(baseline, read(root)).misfits[0].name == "weight"


def write_checkpoint_without_bytes(root: Path) -> Path:
    """As in a clone without Git LFS: the index is there, and lacks a tensor; the shard is not."""
    write_checkpoint(write_linear_model(root), {"bias": 1.0})
    (root / "variables" / "variables.data-00000-of-00001").unlink()
    return root


def test_weights_that_were_changed_after_the_export_are_only_remarked_on(tmp_path: Path) -> None:
    write_linear_model(tmp_path / _PLACE)
    (tmp_path / _PLACE / "fingerprint.pb").write_bytes(b"\x28\x07")  # checkpoint_hash: 7

    said = remarks(weights_complete(candidate(), _weights(tmp_path), later(FIRST_VERSION)))
    assert "changed after the export" in said[0]


def test_what_is_too_large_to_be_read_is_not_examined() -> None:
    large = Entry(
        name="w", dtype="float", shape=(), shard=0, offset=0, size=MAX_BYTES + 2**30, crc32c=0
    )
    held = Weights(present=True, bundle=Bundle(shards=1, big_endian=False, entries=(large,)))
    (said,) = weights_complete(candidate(), held, later(held))

    assert isinstance(said, NotExamined)
    assert "the last 1.1 GB" in said.what
