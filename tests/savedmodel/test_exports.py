"""Which export the files of a version come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.savedmodel.bundle import INDEX
from servegate.savedmodel.exports import mixture
from servegate.savedmodel.farmhash import SHORTEST, fingerprint64
from servegate.savedmodel.fingerprint import read_fingerprint
from servegate.savedmodel.protos import FingerprintDef
from tests.support.checkpoints import write_checkpoint


def version(root: Path, name: str, weight: float, *, hashed: int | None = None) -> Path:
    """A version with one weight; its fingerprint is for what it holds, or has another hash."""
    directory = root / name
    write_checkpoint(directory, {"weight": weight})
    own = fingerprint64((directory / INDEX).read_bytes())
    message = FingerprintDef(checkpoint_hash=own if hashed is None else hashed)
    (directory / "fingerprint.pb").write_bytes(message.SerializeToString())
    return directory


def test_one_export(tmp_path: Path) -> None:
    assert mixture(version(tmp_path, "2", 1.0), [], within=tmp_path) is None


def test_weights_that_were_changed_after_the_export(tmp_path: Path) -> None:
    changed = version(tmp_path, "2", 1.0, hashed=7)
    found = mixture(changed, [version(tmp_path, "1", 2.0)], within=tmp_path)

    assert found is not None
    assert found.origin is None


def test_weights_of_another_version(tmp_path: Path) -> None:
    mixed = version(tmp_path, "3", 1.0, hashed=7)
    others = [version(tmp_path, "1", 2.0), version(tmp_path, "2", 1.0)]
    found = mixture(mixed, others, within=tmp_path)

    assert found is not None
    assert found.origin == others[1]


def test_a_copy_of_a_version_that_was_changed_after_its_export(tmp_path: Path) -> None:
    copied = version(tmp_path, "2", 1.0, hashed=7)
    found = mixture(copied, [version(tmp_path, "1", 1.0, hashed=7)], within=tmp_path)

    assert found is not None
    assert found.origin is None


def test_where_nothing_is_known(tmp_path: Path) -> None:
    bare = version(tmp_path, "2", 1.0, hashed=7)
    (bare / "fingerprint.pb").unlink()
    frozen = version(tmp_path, "3", 1.0, hashed=7)
    (frozen / INDEX).unlink()
    unhashed = version(tmp_path, "4", 1.0, hashed=0)

    assert [mixture(one, [], within=tmp_path) for one in (bare, frozen, unhashed)] == [None] * 3


def test_fingerprints_of_real_exports(shared_models: Path) -> None:
    found = list(shared_models.glob("*/*/fingerprint.pb"))
    assert found
    for file in found:
        told = read_fingerprint(file.parent)
        assert told is not None
        assert told.checkpoint_hash == fingerprint64((file.parent / INDEX).read_bytes())


def test_short_data_has_another_rule() -> None:
    with pytest.raises(ValueError, match="another rule"):
        fingerprint64(bytes(SHORTEST - 1))


def test_whole_blocks_and_what_is_left() -> None:
    data = bytes(range(256))
    assert len({fingerprint64(data[:length]) for length in range(SHORTEST, 257)}) == 192
