"""Changing how a checkpoint is laid out: its shards, and what else it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.detection.editing.table import table
from benchmarks.detection.fit import DoesNotFit
from servegate.savedmodel.bundle import INDEX, shard_name
from servegate.savedmodel.crc32c import masked_crc32c
from servegate.savedmodel.dtypes import dtype_number
from servegate.savedmodel.protos import BundleEntryProto, BundleHeaderProto
from servegate.savedmodel.sstable import read_table


@dataclass(slots=True)
class Checkpoint:
    """A checkpoint's entries by key, and the bytes of each."""

    header: BundleHeaderProto
    entries: dict[bytes, BundleEntryProto]
    data: dict[bytes, bytes]

    def add(self, name: str, values: npt.NDArray[np.float32]) -> None:
        """Adds a tensor of float32."""
        entry = BundleEntryProto(dtype=dtype_number("float32"))  # type: ignore[arg-type]
        for size in values.shape:
            entry.shape.dim.add(size=size)
        self.entries[name.encode()] = entry
        self.data[name.encode()] = values.astype(np.float32).tobytes()

    def names(self) -> list[bytes]:
        """The keys of numeric tensors, sorted."""
        string = dtype_number("string")
        return sorted(
            key for key, entry in self.entries.items() if entry.size and entry.dtype != string
        )


@contextmanager
def checkpoint(version: Path, shards: int = 1) -> Iterator[Checkpoint]:
    """A version's checkpoint, written back in so many shards. Raises `DoesNotFit` without one."""
    found = read_checkpoint(version)
    yield found
    for old in (version / INDEX).parent.glob("variables.data-*"):
        old.unlink()
    found.header.num_shards = shards
    contents = [b""] * shards
    for turn, key in enumerate(sorted(found.entries)):
        entry, data = found.entries[key], found.data[key]
        if not entry.slices:
            entry.shard_id = turn % shards
            entry.offset, entry.size = len(contents[entry.shard_id]), len(data)
            entry.crc32c = entry.crc32c or masked_crc32c(data)
            contents[entry.shard_id] += data
    written: Mapping[bytes, bytes] = {
        b"": found.header.SerializeToString(),
        **{key: entry.SerializeToString() for key, entry in found.entries.items()},
    }
    (version / INDEX).write_bytes(table(written))
    for number, content in enumerate(contents):
        (version / shard_name(number, shards)).write_bytes(content)


def read_checkpoint(version: Path) -> Checkpoint:
    """What a version's checkpoint holds. Raises `DoesNotFit` where it has none."""
    if not (version / INDEX).is_file():
        raise DoesNotFit("the model has no variables")
    pairs = dict(read_table((version / INDEX).read_bytes()))
    header = BundleHeaderProto.FromString(pairs.pop(b""))
    entries = {key: BundleEntryProto.FromString(value) for key, value in pairs.items()}
    shards = {
        number: (version / shard_name(number, header.num_shards)).read_bytes()
        for number in {one.shard_id for one in entries.values() if one.size}
    }
    data = {
        key: shards[one.shard_id][one.offset : one.offset + one.size] if one.size else b""
        for key, one in entries.items()
    }
    return Checkpoint(header=header, entries=entries, data=data)


def first_number(version: Path) -> tuple[Path, int, int]:
    """Where the first numeric tensor lies: shard, offset and size in bytes."""
    found = read_checkpoint(version)
    names = found.names()
    if not names:
        raise DoesNotFit("the checkpoint holds no numbers")
    entry = found.entries[names[0]]
    shard = version / shard_name(entry.shard_id, found.header.num_shards)
    return shard, entry.offset, entry.size
