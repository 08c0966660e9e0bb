"""TFRecord files: length (8 bytes), its checksum (4), the record, its checksum (4), repeated."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from servegate.savedmodel.crc32c import masked_crc32c

_HEADER = struct.Struct("<QI")
_FOOTER = struct.Struct("<I")


class BadRecord(ValueError):
    """The bytes are no TFRecord file; the text reads on from the file's name.

    `tensorflow` is what TensorFlow's `RecordReader` says of it, if it objects at all.
    """

    def __init__(self, text: str, tensorflow: str = "") -> None:
        super().__init__(text)
        self.tensorflow = tensorflow


def read_records(data: bytes) -> Iterator[bytes]:
    """The records of a file, in order. Raises `BadRecord`, possibly after some records."""
    position, number = 0, 0
    while position < len(data):
        number += 1
        if position + _HEADER.size > len(data):
            raise BadRecord(f"is cut short in record {number}", _truncated(position))
        length, crc = _HEADER.unpack_from(data, position)
        if masked_crc32c(data[position : position + 8]) != crc:
            text = f"is corrupt (the length of record {number} fails its checksum)"
            raise BadRecord(text, _corrupted(position))
        position += _HEADER.size
        if position + length + _FOOTER.size > len(data):
            raise BadRecord(f"is cut short in record {number}", _truncated(position))
        record = data[position : position + length]
        position += length
        if masked_crc32c(record) != _FOOTER.unpack_from(data, position)[0]:
            text = f"is corrupt (record {number} fails its checksum)"
            raise BadRecord(text, _corrupted(position - length))
        position += _FOOTER.size
        yield record


def _truncated(offset: int) -> str:
    return f"truncated record at {offset}"


def _corrupted(offset: int) -> str:
    return f"corrupted record at {offset} (Is this even a TFRecord file?)"
