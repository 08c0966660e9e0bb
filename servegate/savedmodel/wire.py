"""The outermost layer of protocol buffers' wire format, to tell a cut message from garbage."""

from __future__ import annotations

_LENGTH_DELIMITED = 2
_MAX_VARINT = 10


class CutShort(Exception):
    """The bytes end in the middle of something."""


def is_cut_short(data: bytes, fields: frozenset[int]) -> bool:
    """Whether `data` is a sequence of known length-delimited or varint `fields` that ends early.

    Truncation always shows at this layer, since the length of a field stands before it; garbage
    soon shows a field that the message does not have.
    """
    position = 0
    try:
        while position < len(data):
            tag, position = varint(data, position)
            if tag >> 3 not in fields or tag & 7 not in {0, _LENGTH_DELIMITED}:
                return False
            value, position = varint(data, position)
            if tag & 7 == _LENGTH_DELIMITED:
                position += value
    except CutShort:
        return True
    return position > len(data)


def varint(data: bytes, position: int) -> tuple[int, int]:
    """The number at a position, and where the next thing begins. Raises `CutShort`."""
    value = 0
    for offset in range(_MAX_VARINT):
        if position + offset >= len(data):
            raise CutShort
        byte = data[position + offset]
        value |= (byte & 0x7F) << (7 * offset)
        if byte < 0x80:
            return value, position + offset + 1
    return value, position + _MAX_VARINT
