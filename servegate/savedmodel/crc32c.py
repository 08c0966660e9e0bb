"""CRC-32C in the masked form that TFRecord, LevelDB tables and checkpoints store."""

from __future__ import annotations

import google_crc32c

_MASK_DELTA = 0xA282EAD8
_ONES = 0xFFFFFFFF


class Checksum:
    """The checksum of data that is handed over in pieces."""

    def __init__(self) -> None:
        self._crc = 0

    def update(self, data: bytes) -> None:
        """Goes on with `data`."""
        self._crc = google_crc32c.extend(self._crc, data)

    @property
    def masked(self) -> int:
        """The checksum as it is stored. Source: `crc32c::Mask` in tensorflow/core/lib/hash."""
        return (((self._crc >> 15) | (self._crc << 17)) + _MASK_DELTA) & _ONES


def masked_crc32c(data: bytes) -> int:
    """The checksum of `data` as it is stored."""
    checksum = Checksum()
    checksum.update(data)
    return checksum.masked
