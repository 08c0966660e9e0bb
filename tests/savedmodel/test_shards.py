"""The bytes of the weights against the checksums in the index."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.detection.editing.shards import checkpoint
from benchmarks.detection.editing.table import table
from servegate.savedmodel.bundle import INDEX, read_bundle, shard_name
from servegate.savedmodel.crc32c import masked_crc32c
from servegate.savedmodel.protos import BundleEntryProto, BundleHeaderProto
from servegate.savedmodel.shards import read_tensors
from tests.support.checkpoints import write_checkpoint
from tests.support.tinymodels import data_type, shape_proto


def corrupt(directory: Path) -> list[str]:
    read = read_tensors(read_bundle(directory), directory)
    return [one.entry.name for one in read if not one.intact]


def flip(directory: Path, at: int, shard: int = 0, shards: int = 1) -> None:
    file = directory / shard_name(shard, shards)
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


def test_the_tensor_is_named_whose_bytes_changed(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, {"a": [1.0, 2.0], "b": 3.0, "c": 4.0}, shards=2)
    assert not corrupt(tmp_path)
    flip(tmp_path, 9, shards=2)
    assert corrupt(tmp_path) == ["c"]
    flip(tmp_path, 0, 1, shards=2)
    assert corrupt(tmp_path) == ["c", "b"]


def test_what_is_not_there_is_told_elsewhere(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, {"a": [1.0, 2.0], "b": 3.0}, shards=2)
    (tmp_path / shard_name(0, 2)).write_bytes(b"\0\0")
    (tmp_path / shard_name(1, 2)).unlink()
    assert not corrupt(tmp_path)


def write_strings(directory: Path, *, checksum: int | None = None) -> None:
    """A tensor of two strings; lengths count as 32 bits each, and have a checksum of their own."""
    lengths = b"\3\0\0\0\5\0\0\0"
    inner = masked_crc32c(lengths).to_bytes(4, "little")
    whole = masked_crc32c(lengths + inner + b"onetwoab")
    content = b"\3\5" + inner + b"onetwoab"
    entry = BundleEntryProto(
        dtype=data_type("string"),
        shape=shape_proto((2,)),
        size=len(content),
        crc32c=whole if checksum is None else checksum,
    )
    header = BundleHeaderProto(num_shards=1).SerializeToString()
    (directory / "variables").mkdir()
    (directory / INDEX).write_bytes(table({b"": header, b"words": entry.SerializeToString()}))
    (directory / shard_name(0, 1)).write_bytes(content)


def test_strings(tmp_path: Path) -> None:
    write_strings(tmp_path)
    assert not corrupt(tmp_path)
    flip(tmp_path, 10)
    assert corrupt(tmp_path) == ["words"]


@pytest.mark.parametrize("lengths", [b"\xff\xff", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"])
def test_strings_whose_lengths_lead_nowhere(tmp_path: Path, lengths: bytes) -> None:
    write_strings(tmp_path)
    file = tmp_path / shard_name(0, 1)
    file.write_bytes(lengths + file.read_bytes()[len(lengths) :])
    assert corrupt(tmp_path) == ["words"]


def test_real_models_are_whole(shared_models: Path) -> None:
    folders = [one.parent.parent for one in shared_models.glob("*/*/variables/variables.index")]
    assert len(folders) > 8
    for folder in folders:
        assert not corrupt(folder), folder


def test_a_checkpoint_that_was_edited_is_whole_again(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, {"a": [1.0, 2.0], "b": 3.0})
    with checkpoint(tmp_path, shards=2):
        pass
    assert not corrupt(tmp_path)


@pytest.mark.parametrize(
    ("values", "constant", "finite", "numbers"),
    [
        ([1.0, 2.0], False, True, True),
        ([2.5, 2.5], True, True, True),
        ([0.0], True, True, True),
        ([np.nan, np.nan], True, False, False),
        ([np.nan, 1.0], False, False, True),
        ([1.0, np.inf], False, False, True),
        ([*[0.5] * 2**19, 0.75], False, True, True),  # in the third piece
        ([*[0.5] * 2**19, np.nan], False, False, True),
    ],
)
def test_values(
    tmp_path: Path,
    values: list[float],
    *,
    constant: bool,
    finite: bool,
    numbers: bool,
) -> None:
    write_checkpoint(tmp_path, {"a": [values]})
    (found,) = read_tensors(read_bundle(tmp_path), tmp_path)
    assert found.intact
    assert found.values is not None
    assert (found.values.constant, found.values.finite, found.values.numbers) == (
        constant,
        finite,
        numbers,
    )
    assert np.array_equal(found.values.first, values[0], equal_nan=True)


def test_what_is_no_float_has_no_values(tmp_path: Path) -> None:
    write_strings(tmp_path)
    (found,) = read_tensors(read_bundle(tmp_path), tmp_path)
    assert found.values is None
