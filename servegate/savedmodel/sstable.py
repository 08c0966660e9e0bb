"""Reading a sorted string table in LevelDB's format, as TensorFlow writes `variables.index`.

Blocks of (key, value) pairs whose keys share prefixes; each block is followed by its compression
type (1 byte) and a masked CRC-32C (4 bytes); the footer (48 bytes) names the block that lists the
others. Source: tensorflow/core/lib/io/table_format.txt and format.cc. TensorFlow writes checkpoint
indices uncompressed or with Snappy.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from servegate.savedmodel.crc32c import masked_crc32c
from servegate.savedmodel.snappy import BadSnappy, decompress

_FOOTER = 48
_MAGIC = 0xDB4775248B80FB57
_TRAILER = struct.Struct("<BI")
_MAX_VARINT = 10
_MAX_BLOCK = 2**24  # TensorFlow begins another block after 256 KiB
_PLAIN, _SNAPPY = 0, 1


class BadTable(ValueError):
    """The bytes are no such table; the text reads on from the file's name."""


def read_table(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The pairs of a table in its own order. Raises `BadTable`, possibly after some pairs."""
    if len(data) < _FOOTER:
        raise BadTable("is too short to be a checkpoint's index")
    if struct.unpack_from("<Q", data, len(data) - 8)[0] != _MAGIC:
        raise BadTable("does not end as a checkpoint's index does (cut short, or another file)")
    footer = len(data) - _FOOTER
    _, position = _handle(data, footer)  # the metaindex, which TensorFlow leaves empty
    index, _ = _handle(data, position)
    for _, value in _pairs(_block(data, *index)):
        block, _ = _handle(value, 0)
        yield from _pairs(_block(data, *block))


def _handle(data: bytes, position: int) -> tuple[tuple[int, int], int]:
    offset, position = _varint(data, position)
    size, position = _varint(data, position)
    return (offset, size), position


def _block(data: bytes, offset: int, size: int) -> bytes:
    end = offset + size
    if end + _TRAILER.size > len(data) - _FOOTER:
        raise BadTable("refers to a block beyond its end")
    compression, crc = _TRAILER.unpack_from(data, end)
    if masked_crc32c(data[offset : end + 1]) != crc:
        raise BadTable("is corrupt (a checksum does not match)")
    if compression == _PLAIN:
        return data[offset:end]
    if compression != _SNAPPY:
        raise BadTable(f"is compressed in an unknown way ({compression})")
    try:
        return decompress(data[offset:end], limit=_MAX_BLOCK)
    except BadSnappy as error:
        raise BadTable(f"holds a block that cannot be decompressed ({error})") from error


def _pairs(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The pairs of a block; its end holds restart points, which only a search needs."""
    if len(block) < 4:
        raise BadTable("holds a block without an end")
    restarts = struct.unpack_from("<I", block, len(block) - 4)[0]
    end = len(block) - 4 - 4 * restarts
    position, key = 0, b""
    while position < end:
        shared, position = _varint(block, position)
        added, position = _varint(block, position)
        length, position = _varint(block, position)
        if shared > len(key) or position + added + length > end:
            raise BadTable("holds an entry that does not fit its block")
        key = key[:shared] + block[position : position + added]
        position += added
        yield key, block[position : position + length]
        position += length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(_MAX_VARINT):
        if position + shift >= len(data):
            break
        byte = data[position + shift]
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value, position + shift + 1
    raise BadTable("holds a number that does not end")
