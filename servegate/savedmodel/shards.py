"""The bytes of the weights: are they those that the index was written for, and do they vary."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

import numpy as np

from servegate.savedmodel.bundle import Bundle, Entry, shard_name
from servegate.savedmodel.content import opened
from servegate.savedmodel.crc32c import Checksum
from servegate.savedmodel.unreadable import Unreadable
from servegate.savedmodel.wire import CutShort, varint

MAX_BYTES = 2**34
"""So much is read, in some ten seconds (16 GiB)."""

_PIECE = 2**20
_FLOATS: Mapping[str, np.dtype[np.floating]] = {
    "float16": np.dtype("<f2"),
    "float32": np.dtype("<f4"),
    "float64": np.dtype("<f8"),
}
_MAX_STRINGS = 2**26  # bytes of one tensor of strings, which is read as a whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What is known of the numbers of one tensor of floats, of one element at least.

    `constant`: all are `first`, or none is a number. `finite`: all are numbers, and
    `numbers`: one of them is.
    """

    first: float
    constant: bool
    finite: bool
    numbers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorRead:
    """A tensor whose bytes were read; `values` is None for what holds no floats.

    `intact`: its bytes have the checksum that the index holds.
    """

    entry: Entry
    intact: bool
    values: Values | None = None


def read_tensors(
    bundle: Bundle, directory: Path, *, within: Path | None = None
) -> Iterator[TensorRead]:
    """Reads all tensors in one pass, shard by shard, first to last.

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
                readable = (one for one in chosen if one.end <= size)
                yield from _read(stream, readable, big_endian=bundle.big_endian)
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


def _read(stream: BinaryIO, entries: Iterable[Entry], *, big_endian: bool) -> Iterator[TensorRead]:
    for one in entries:
        stream.seek(one.offset)
        checksum = Checksum()
        dtype = None if big_endian else _FLOATS.get(one.dtype)
        numbers = _Numbers(dtype) if dtype and one.size % dtype.itemsize == 0 else None
        if one.dtype == "string":
            _add_strings(stream.read(one.size), math.prod(one.shape), checksum)
        else:
            for start in range(0, one.size, _PIECE):
                piece = stream.read(min(_PIECE, one.size - start))
                checksum.update(piece)
                if numbers is not None:
                    numbers.update(piece)
        yield TensorRead(
            entry=one,
            intact=checksum.masked == one.crc32c,
            values=numbers.values() if numbers else None,
        )


class _Numbers:
    """Looks at floats piece by piece."""

    def __init__(self, dtype: np.dtype[np.floating]) -> None:
        self._dtype = dtype
        self._first: float | None = None
        self._constant = True
        self._finite = True
        self._numbers = False

    def update(self, piece: bytes) -> None:
        """Looks at the next ones; pieces end with whole numbers."""
        numbers = np.frombuffer(piece, self._dtype)
        if self._first is None:
            self._first = float(numbers[0])
        finite = np.isfinite(numbers)
        self._finite = self._finite and bool(finite.all())
        self._numbers = self._numbers or bool(finite.any())
        self._constant = self._constant and bool((numbers == numbers.dtype.type(self._first)).all())

    def values(self) -> Values | None:
        """What was seen; None where there was nothing."""
        if self._first is None:
            return None
        return Values(
            first=self._first,
            constant=self._constant or not self._numbers,
            finite=self._finite,
            numbers=self._numbers,
        )


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
