"""Whether the bytes of the weights are those that the index was written for."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from servegate.savedmodel.bundle import Bundle, Entry, shard_name
from servegate.savedmodel.content import opened
from servegate.savedmodel.crc32c import Checksum
from servegate.savedmodel.unreadable import Unreadable
from servegate.savedmodel.wire import CutShort, varint

MAX_BYTES = 2**34
"""So much is read, in some ten seconds (16 GiB)."""

_PIECE = 2**20
_MAX_STRINGS = 2**26  # bytes of one tensor of strings, which is read as a whole


def corrupt_tensors(
    bundle: Bundle, directory: Path, *, within: Path | None = None
) -> Iterator[Entry]:
    """The tensors whose bytes fail the checksum in the index, shard by shard, first to last.

    What cannot be read at all is left out (`shard_problems` tells of it), and so is what has
    checksums of another kind, and everything after `MAX_BYTES`.
    """
    left = MAX_BYTES
    entries = sorted(bundle.entries, key=lambda one: (one.shard, one.offset))
    for shard, held in groupby(entries, key=lambda one: one.shard):
        chosen = []
        for one in held:
            left -= one.size
            if left >= 0 and _is_comparable(one, bundle):
                chosen.append(one)
        try:
            with opened(directory, shard_name(shard, bundle.shards), within) as (stream, size):
                yield from _corrupt(stream, (one for one in chosen if one.end <= size))
        except Unreadable:
            continue


def unread_bytes(bundle: Bundle) -> int:
    """How much of the weights lies beyond `MAX_BYTES`, and is held against no checksum."""
    return max(0, bundle.size - MAX_BYTES)


def _is_comparable(one: Entry, bundle: Bundle) -> bool:
    """Partitioned tensors have no bytes of their own; variants have a checksum for each."""
    if one.dtype == "string":
        return 0 < one.size <= _MAX_STRINGS and not (one.sliced or bundle.big_endian)
    return one.size > 0 and not one.sliced and one.dtype != "variant"


def _corrupt(stream: BinaryIO, entries: Iterable[Entry]) -> Iterator[Entry]:
    for one in entries:
        stream.seek(one.offset)
        checksum = Checksum()
        if one.dtype == "string":
            _add_strings(stream.read(one.size), math.prod(one.shape), checksum)
        else:
            for start in range(0, one.size, _PIECE):
                checksum.update(stream.read(min(_PIECE, one.size - start)))
        if checksum.masked != one.crc32c:
            yield one


def _add_strings(data: bytes, count: int, checksum: Checksum) -> None:
    """Their lengths count as 32 or 64 bits each, however few bytes they take in the file.

    Source: `WriteStringTensor` in tensorflow/core/util/tensor_bundle/tensor_bundle.cc.
    """
    position = 0
    lengths = bytearray()
    try:
        for _ in range(min(count, len(data))):
            length, position = varint(data, position)
            lengths += struct.pack("<I" if length < 2**32 else "<Q", length % 2**64)
    except CutShort:
        position = len(data)
    checksum.update(bytes(lengths))
    checksum.update(data[position:])
