"""The weights of a model: what `variables/variables.index` says, and the shards beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import DecodeError

from servegate.savedmodel.content import file_size, read_file
from servegate.savedmodel.dtypes import dtype_name
from servegate.savedmodel.protos import BundleEntryProto, BundleHeaderProto
from servegate.savedmodel.sstable import BadTable, read_table
from servegate.savedmodel.unreadable import Fault, Unreadable

INDEX = "variables/variables.index"
MAX_INDEX_BYTES = 2**28
"""An entry takes some fifty bytes: five million variables, ten times the largest model known."""

_MAX_SHARDS = 100_000  # the file names have five digits
_REMEDY = "Export the model again and commit variables/ whole."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One tensor of the checkpoint.

    `offset` and `size` are bytes within its shard, `crc32c` the masked checksum of them. A
    partitioned tensor has `sliced` set and no bytes of its own: its slices are entries too, whose
    `name` is their binary key, and `slice_of_tensor` tells them apart.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    crc32c: int
    sliced: bool = False
    slice_of_tensor: bool = False

    @property
    def end(self) -> int:
        """The bytes that its shard must have at least."""
        return self.offset + self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A checkpoint's index. `entries` are sorted by name, slices first."""

    shards: int
    big_endian: bool
    entries: tuple[Entry, ...]

    @property
    def tensors(self) -> tuple[Entry, ...]:
        """The tensors by their own names, without the slices of partitioned ones."""
        return tuple(one for one in self.entries if not one.slice_of_tensor)

    @property
    def size(self) -> int:
        """Bytes of all tensors."""
        return sum(one.size for one in self.entries)

    def expected_sizes(self) -> tuple[int, ...]:
        """The fewest bytes that each shard must have to hold its tensors."""
        sizes = [0] * self.shards
        for entry in self.entries:
            if not entry.sliced:
                sizes[entry.shard] = max(sizes[entry.shard], entry.end)
        return tuple(sizes)


def shard_name(shard: int, shards: int) -> str:
    """The file of a shard, relative to the version directory."""
    return f"variables/variables.data-{shard:05d}-of-{shards:05d}"


def read_bundle(directory: Path, *, within: Path | None = None) -> Bundle:
    """Reads the index of a version directory; the shards are not touched. Raises `Unreadable`."""
    data = read_file(directory, INDEX, limit=MAX_INDEX_BYTES, within=within)
    try:
        return _read(list(read_table(data)))
    except BadTable as error:
        raise Unreadable(INDEX, str(error), _REMEDY, Fault.MALFORMED) from error
    except DecodeError as error:
        what = "holds an entry that describes no tensor"
        raise Unreadable(INDEX, what, _REMEDY, Fault.MALFORMED) from error


def shard_problems(
    bundle: Bundle, directory: Path, *, within: Path | None = None
) -> tuple[Unreadable, ...]:
    """What is wrong with the shards: missing, cut short, pointers, links out of the tree."""
    problems = []
    for shard, expected in enumerate(bundle.expected_sizes()):
        try:
            _check_shard(directory, shard_name(shard, bundle.shards), expected, within)
        except Unreadable as problem:
            problems.append(problem)
    return tuple(problems)


def _check_shard(directory: Path, file: str, expected: int, within: Path | None) -> None:
    if not expected:
        return  # no tensor lies in it, so nobody opens it
    size = file_size(directory, file, within=within)
    if size < expected:
        what = f"is cut short: it has {size:,} bytes, and {INDEX} needs {expected:,}"
        raise Unreadable(file, what, _REMEDY, Fault.TRUNCATED)


def _read(pairs: Sequence[tuple[bytes, bytes]]) -> Bundle:
    if not pairs or pairs[0][0]:  # the header's key is empty, so it comes first
        raise BadTable("has no header")
    header = BundleHeaderProto.FromString(pairs[0][1])
    if not 0 < header.num_shards < _MAX_SHARDS:
        raise BadTable(f"names {header.num_shards} shards")
    return Bundle(
        shards=header.num_shards,
        big_endian=header.endianness == BundleHeaderProto.BIG,
        entries=tuple(_entry(key, value, header.num_shards) for key, value in pairs[1:]),
    )


def _entry(key: bytes, value: bytes, shards: int) -> Entry:
    proto = BundleEntryProto.FromString(value)
    if not 0 <= proto.shard_id < shards or proto.offset < 0 or proto.size < 0:
        raise BadTable("places a tensor where there is no shard")
    # The key of a slice is an ordered code that begins with NUL; names of tensors do not.
    # Source: EncodeTensorNameSlice in tensorflow/core/util/saved_tensor_slice_util.cc.
    return Entry(
        name=key.decode("utf-8", "backslashreplace"),
        dtype=dtype_name(proto.dtype),
        shape=tuple(dim.size for dim in proto.shape.dim),
        shard=proto.shard_id,
        offset=proto.offset,
        size=proto.size,
        crc32c=proto.crc32c,
        sliced=bool(proto.slices),
        slice_of_tensor=key.startswith(b"\0"),
    )
