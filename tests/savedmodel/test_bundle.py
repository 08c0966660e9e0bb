"""The checkpoint's index, the shards beside it, and the table format underneath."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servegate.savedmodel.bundle import INDEX, read_bundle, shard_name, shard_problems
from servegate.savedmodel.crc32c import masked_crc32c
from servegate.savedmodel.protos import BundleEntryProto, BundleHeaderProto
from servegate.savedmodel.snappy import BadSnappy, decompress
from servegate.savedmodel.sstable import BadTable, read_table
from servegate.savedmodel.unreadable import Fault, Unreadable


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def block(pairs: list[tuple[bytes, bytes]]) -> bytes:
    body, before = b"", b""
    for key, value in pairs:
        shared = 0
        while shared < min(len(key), len(before)) and key[shared] == before[shared]:
            shared += 1
        body += varint(shared) + varint(len(key) - shared) + varint(len(value))
        body += key[shared:] + value
        before = key
    return body + struct.pack("<II", 0, 1)


def table(pairs: list[tuple[bytes, bytes]], *, compression: int = 0) -> bytes:
    """A table of one data block, written independently of the reader."""
    out = b""

    def put(content: bytes, kind: int) -> bytes:
        nonlocal out
        handle = varint(len(out)) + varint(len(content))
        framed = content + bytes([kind])
        out += framed + struct.pack("<I", masked_crc32c(framed))
        return handle

    data = block(pairs)
    if compression == 1:  # one literal each 60 bytes: valid, if not small
        data = varint(len(data)) + b"".join(
            bytes([(len(data[at : at + 60]) - 1) << 2]) + data[at : at + 60]
            for at in range(0, len(data), 60)
        )
    handle = put(data, compression)
    meta = put(block([]), 0)
    index = put(block([(b"\xff", handle)]), 0)
    return out + (meta + index).ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57)


def write_index(directory: Path, shards: int, *entries: tuple[bytes, BundleEntryProto]) -> Path:
    header = BundleHeaderProto(num_shards=shards)
    pairs = [(b"", header.SerializeToString())]
    pairs += [(key, entry.SerializeToString()) for key, entry in entries]
    (directory / "variables").mkdir(parents=True, exist_ok=True)
    (directory / INDEX).write_bytes(table(pairs))
    return directory


def entry(offset: int, size: int, shard: int = 0) -> BundleEntryProto:
    return BundleEntryProto(dtype=1, shard_id=shard, offset=offset, size=size)  # type: ignore[arg-type]


def refused(directory: Path) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_bundle(directory)
    return caught.value


@given(st.dictionaries(st.binary(min_size=1, max_size=20), st.binary(max_size=40), max_size=30))
def test_tables(content: dict[bytes, bytes]) -> None:
    pairs = sorted(content.items())
    assert list(read_table(table(pairs))) == pairs
    assert list(read_table(table(pairs, compression=1))) == pairs


@given(st.binary(max_size=200))
def test_garbage_is_a_bad_table(data: bytes) -> None:
    whole = table([(b"key", b"value")])
    for bytes_ in (data, data + whole[-48:], whole[: len(data)]):
        with pytest.raises(BadTable):
            list(read_table(bytes_))


def test_a_flipped_bit_is_noticed() -> None:
    whole = bytearray(table([(b"key", b"value")]))
    whole[5] ^= 1
    with pytest.raises(BadTable, match="checksum"):
        list(read_table(bytes(whole)))
    with pytest.raises(BadTable, match="unknown way"):
        list(read_table(table([(b"key", b"value")], compression=7)))


def test_snappy() -> None:
    # "Wikipedia": a literal; then copies with one and two bytes of offset, the first overlapping.
    assert decompress(b"\x0a\x00a\x15\x01", limit=100) == b"a" * 10
    assert decompress(b"\x08\x0cabcd\x0e\x04\x00", limit=100) == b"abcdabcd"
    assert decompress(b"\x3e\xf0\x3d" + b"x" * 62, limit=100) == b"x" * 62


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x0a",
        b"\x0a\x00a\x15",
        b"\x0a\x15\x01",
        b"\xff\xff\xff\xff\x0f\x00a",
        b"\x02\x0cabcd",
    ],
)
def test_bad_snappy(data: bytes) -> None:
    with pytest.raises(BadSnappy):
        decompress(data, limit=100)


@given(st.binary(max_size=100))
def test_any_bytes_are_snappy_or_not(data: bytes) -> None:
    try:
        assert len(decompress(data, limit=1000)) <= 1000
    except BadSnappy:
        return


def test_an_index(tmp_path: Path) -> None:
    big = BundleEntryProto(dtype=1, shard_id=1, size=24, crc32c=7)  # type: ignore[arg-type]
    big.shape.dim.add(size=2)
    big.shape.dim.add(size=3)
    directory = write_index(tmp_path, 2, (b"dense/bias", entry(4, 4)), (b"dense/kernel", big))
    found = read_bundle(directory)
    assert [(one.name, one.dtype, one.shape, one.shard) for one in found.entries] == [
        ("dense/bias", "float32", (), 0),
        ("dense/kernel", "float32", (2, 3), 1),
    ]
    assert found.expected_sizes() == (8, 24)
    assert found.size == 28
    assert not found.big_endian


def test_partitioned_tensors(tmp_path: Path) -> None:
    whole = BundleEntryProto(dtype=1)  # type: ignore[arg-type]
    whole.slices.add()
    directory = write_index(tmp_path, 1, (b"\0\x01emb\0\x01\x81", entry(0, 40)), (b"emb", whole))
    found = read_bundle(directory)
    assert [one.name for one in found.tensors] == ["emb"]
    assert found.expected_sizes() == (40,)


def test_shards(tmp_path: Path) -> None:
    directory = write_index(tmp_path, 4, *((f"v{i}".encode(), entry(0, 8, i)) for i in range(3)))
    (directory / shard_name(0, 4)).write_bytes(bytes(8))
    (directory / shard_name(1, 4)).write_bytes(bytes(7))
    bundle = read_bundle(directory)
    short, absent = shard_problems(bundle, directory)
    assert (short.file, short.fault) == ("variables/variables.data-00001-of-00004", Fault.TRUNCATED)
    assert "has 7 bytes" in short.sentence
    assert (absent.file, absent.fault) == ("variables/variables.data-00002-of-00004", Fault.MISSING)


def test_what_is_no_index(tmp_path: Path) -> None:
    assert refused(tmp_path).fault is Fault.MISSING
    write_index(tmp_path, 0)
    assert "0 shards" in refused(tmp_path).sentence
    write_index(tmp_path, 1, (b"v", entry(0, 4, shard=5)))
    assert "no shard" in refused(tmp_path).sentence
    write_index(tmp_path, 1, (b"v", entry(0, -4)))
    assert refused(tmp_path).fault is Fault.MALFORMED
    (tmp_path / INDEX).write_bytes(table([(b"", b"\xff")]))
    assert "describes no tensor" in refused(tmp_path).sentence
    (tmp_path / INDEX).write_bytes(table([(b"a", b"")]))
    assert "no header" in refused(tmp_path).sentence
    (tmp_path / INDEX).write_bytes(b"short")
    assert "too short" in refused(tmp_path).sentence


def test_real_models(shared_models: Path, tmp_path: Path) -> None:
    indices = list(shared_models.glob("*/*/variables/variables.index"))
    assert len(indices) == 12
    for index in indices:
        bundle = read_bundle(index.parents[1])
        assert bundle.tensors
        assert shard_problems(bundle, index.parents[1]) == ()
        sizes = [
            (index.parent / Path(shard_name(shard, bundle.shards)).name).stat().st_size
            for shard in range(bundle.shards)
        ]
        assert tuple(sizes) == bundle.expected_sizes()
    shutil.copytree(indices[0].parents[1], tmp_path / "1")
    bundle = read_bundle(tmp_path / "1")
    shard = tmp_path / "1" / shard_name(0, bundle.shards)
    shard.chmod(0o644)
    shard.write_bytes(shard.read_bytes()[:-1])
    assert [one.fault for one in shard_problems(bundle, tmp_path / "1")] == [Fault.TRUNCATED]


WRITER = """
import sys
import tensorflow as tf
tf.raw_ops.SaveV2(
    prefix=sys.argv[1],
    tensor_names=["part", "part", "text"] + [f"v{i}" for i in range(3000)],
    shape_and_slices=["4 2 0,2:-", "4 2 2,2:-", ""] + [""] * 3000,
    tensors=[tf.zeros([2, 2]), tf.ones([2, 2]), tf.constant(["a", "bcd"])]
    + [tf.constant(float(i)) for i in range(3000)],
)
"""


def test_what_tensorflow_writes_itself(tmp_path: Path) -> None:
    (tmp_path / "variables").mkdir()
    prefix = tmp_path / "variables" / "variables"
    subprocess.run([sys.executable, "-c", WRITER, str(prefix)], capture_output=True, check=True)
    found = read_bundle(tmp_path)
    tensors = {one.name: one for one in found.tensors}
    assert len(tensors) == 3002
    assert tensors["part"].shape == (4, 2)
    assert tensors["part"].sliced
    assert tensors["text"].dtype == "string"
    assert len([one for one in found.entries if one.slice_of_tensor]) == 2
    assert shard_problems(found, tmp_path) == ()
    shard = tmp_path / shard_name(0, 1)
    assert found.expected_sizes() == (shard.stat().st_size,)
    one = tensors["v7"]
    stored = shard.read_bytes()[one.offset : one.offset + one.size]
    assert struct.unpack("<f", stored) == (7.0,)
    assert masked_crc32c(stored) == one.crc32c
