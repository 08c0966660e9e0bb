"""Decompressing a raw Snappy block; some exporters compress the blocks of `variables.index`.

Source: https://github.com/google/snappy/blob/main/format_description.txt
"""

from __future__ import annotations

_MAX_VARINT = 5
_INLINE = 60  # a literal's length up to here stands in its tag


class BadSnappy(ValueError):
    """The bytes are no Snappy block."""


def decompress(data: bytes, *, limit: int) -> bytes:
    """The content of a block, of at most `limit` bytes. Raises `BadSnappy`."""
    length, position = _length(data)
    if length > limit:
        raise BadSnappy(f"{length:,} bytes are announced")
    out = bytearray()
    try:
        while position < len(data) and len(out) <= length:
            element = _copy if data[position] & 3 else _literal
            position = element(data, position, out)
    except IndexError as error:
        raise BadSnappy("the block ends too early") from error
    if len(out) != length:
        raise BadSnappy("the block has another length than it announces")
    return bytes(out)


def _length(data: bytes) -> tuple[int, int]:
    value = 0
    for position, byte in enumerate(data[:_MAX_VARINT]):
        value |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            return value, position + 1
    raise BadSnappy("the block does not say how long it is")


def _literal(data: bytes, position: int, out: bytearray) -> int:
    """Copies bytes of the block itself; returns where the next element begins."""
    length = (data[position] >> 2) + 1
    position += 1
    if length > _INLINE:
        width = length - _INLINE
        length = int.from_bytes(data[position : position + width], "little") + 1
        position += width
    if position + length > len(data):
        raise BadSnappy("the block ends too early")
    out += data[position : position + length]
    return position + length


def _copy(data: bytes, position: int, out: bytearray) -> int:
    """Repeats what was already written; returns where the next element begins."""
    tag = data[position]
    if tag & 3 == 1:
        length, offset, width = (tag >> 2 & 7) + 4, tag >> 5 << 8 | data[position + 1], 1
    else:
        width = 2 if tag & 3 == 2 else 4
        length = (tag >> 2) + 1
        offset = int.from_bytes(data[position + 1 : position + 1 + width], "little")
    if not 0 < offset <= len(out):
        raise BadSnappy("a copy reaches before the beginning")
    start = len(out) - offset
    pattern = bytes(out[start : start + length])
    out += (pattern * (length // len(pattern) + 1))[:length]  # a copy may overlap itself
    return position + 1 + width
