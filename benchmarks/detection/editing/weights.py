"""Changing the numbers in a checkpoint, checksums included, without TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from benchmarks.detection.editing.table import table
from benchmarks.detection.fit import DoesNotFit
from servegate.savedmodel.bundle import INDEX, shard_name
from servegate.savedmodel.crc32c import masked_crc32c
from servegate.savedmodel.dtypes import dtype_name, numpy_dtype
from servegate.savedmodel.protos import BundleEntryProto, BundleHeaderProto
from servegate.savedmodel.sstable import read_table

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.floating[Any]]


@dataclass(slots=True)
class Weight:
    """One tensor of a checkpoint. `values` may be assigned, in the same shape and dtype."""

    name: str
    values: Array

    @property
    def floating(self) -> bool:
        """Whether it holds numbers that training moves."""
        return self.values.dtype.kind == "f"

    @property
    def floats(self) -> Floats:
        """The values of a tensor that is `floating`."""
        return cast("Floats", self.values)


_Held = dict[bytes, tuple[BundleEntryProto, Weight]]


@contextmanager
def weights(version: Path) -> Iterator[tuple[Weight, ...]]:
    """The numeric tensors of a version's checkpoint; what was assigned is written at the end.

    Raises `DoesNotFit` where the version has no weights. Tensors saved in slices, as partitioned
    variables are, come slice by slice.
    """
    pairs, contents, held = _opened(version)
    yield tuple(weight for _, weight in held.values())
    for key, (entry, weight) in held.items():
        data = np.ascontiguousarray(weight.values).tobytes()
        contents[entry.shard_id][entry.offset : entry.offset + entry.size] = data
        entry.crc32c = masked_crc32c(data)
        pairs[key] = entry.SerializeToString()
    (version / INDEX).write_bytes(table(pairs))
    for number, content in enumerate(contents):
        (version / shard_name(number, len(contents))).write_bytes(content)


def read_weights(version: Path) -> tuple[Weight, ...]:
    """The same tensors, to look at only: nothing is written."""
    return tuple(weight for _, weight in _opened(version)[2].values())


def _opened(version: Path) -> tuple[dict[bytes, bytes], list[bytearray], _Held]:
    """The entries of the index, the content of each shard, and the tensors by entry."""
    index = version / INDEX
    if not index.is_file():
        raise DoesNotFit("the model has no variables")
    pairs = dict(read_table(index.read_bytes()))
    shards = BundleHeaderProto.FromString(pairs[b""]).num_shards
    contents = [bytearray(_shard(version, number, shards)) for number in range(shards)]
    held = {
        key: (entry, Weight(name=_name(key), values=_values(entry, contents[entry.shard_id])))
        for key, value in pairs.items()
        if key and _is_numeric(entry := BundleEntryProto.FromString(value))
    }
    if not held:
        raise DoesNotFit("the checkpoint holds no numbers")
    return pairs, contents, held


def change_floats(version: Path, function: Callable[[Floats], Floats]) -> None:
    """Applies a function to every tensor of floats. Raises `DoesNotFit` where that moves none."""
    with weights(version) as held:
        moved = False
        for one in held:
            if one.floating:
                after = function(one.floats).astype(one.values.dtype)
                moved = moved or not np.array_equal(after, one.values, equal_nan=True)
                one.values = after
        if not moved:
            raise DoesNotFit("no weight is a float that this would move")


def _shard(version: Path, number: int, shards: int) -> bytes:
    file = version / shard_name(number, shards)
    return file.read_bytes() if file.is_file() else b""


def _name(key: bytes) -> str:
    return key.decode("utf-8", "backslashreplace")


def _is_numeric(entry: BundleEntryProto) -> bool:
    dtype = numpy_dtype(dtype_name(entry.dtype))
    # The entry of a tensor that is saved in slices has no bytes of its own.
    return dtype is not None and dtype.kind in "fiub" and entry.size > 0 and not entry.slices


def _values(entry: BundleEntryProto, content: bytearray) -> Array:
    dtype = numpy_dtype(dtype_name(entry.dtype))
    data = bytes(content[entry.offset : entry.offset + entry.size])
    values = np.frombuffer(data, dtype)
    shape = tuple(dim.size for dim in entry.shape.dim)
    return values.reshape(shape) if int(np.prod(shape)) == values.size else values
