"""Writing a sorted string table in LevelDB's format, as TensorFlow does for `variables.index`.

The counterpart of `servegate.savedmodel.sstable`. Source: tensorflow/core/lib/io/table_format.txt.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from servegate.savedmodel.crc32c import masked_crc32c

_MAGIC = 0xDB4775248B80FB57
_HANDLES = 40  # bytes of the footer before the magic number


def table(entries: Mapping[bytes, bytes]) -> bytes:
    """A table of one uncompressed block that holds the entries, sorted by key."""
    data = _block(dict(sorted(entries.items())))
    meta = _block({})
    index = _block({max(entries): _handle(0, data)})
    stored = [_with_trailer(one) for one in (data, meta, index)]
    at_meta = len(stored[0])
    footer = _handle(at_meta, meta) + _handle(at_meta + len(stored[1]), index)
    return b"".join(stored) + footer.ljust(_HANDLES, b"\0") + struct.pack("<Q", _MAGIC)


def _block(entries: Mapping[bytes, bytes]) -> bytes:
    """Every key is written whole, which makes each a restart point."""
    body, restarts = b"", []
    for key, value in entries.items():
        restarts.append(len(body))
        body += b"\0" + varint(len(key)) + varint(len(value)) + key + value
    restarts = restarts or [0]
    return body + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def _with_trailer(block: bytes) -> bytes:
    plain = block + b"\0"
    return plain + struct.pack("<I", masked_crc32c(plain))


def _handle(offset: int, block: bytes) -> bytes:
    return varint(offset) + varint(len(block))


def varint(value: int) -> bytes:
    """A number in groups of seven bits, the lowest first."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
