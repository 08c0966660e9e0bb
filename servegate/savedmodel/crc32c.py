"""CRC-32C, and the masked form that TFRecord, LevelDB tables and checkpoints store.

Nothing in the environment computes this polynomial, and byte by byte Python manages some ten
megabytes a second, so long data is shortened first. A checksum is the remainder of the data, read
as a polynomial over the field of two elements, divided by P. To add a multiple of P changes
nothing, and P divides x^5685 + x^1362 + x^426 + 1; so it divides the same with all exponents
multiplied by a power of two, which are bytes where these are bits. A byte of the data may
therefore be taken away and added to three later ones. numpy does that with whole blocks, at two
gigabytes a second.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]

_POLYNOMIAL = 0x82F63B78
_ONES = 0xFFFFFFFF
_MASK_DELTA = 0xA282EAD8
_BEGINNING = bytes((0x54, 0x64, 0x1F, 0x64))
"""What leaves a register of zeros as the checksum's rule wants it to begin: all ones."""

# The exponents of the multiple of P, found by search; `test_checksums.py` divides it by P.
HIGH, MIDDLE, LOW = 5685, 1362, 426
_PIECE = 2**20  # so much stays in the processor's cache


class Checksum:
    """The checksum of data that is handed over in pieces."""

    def __init__(self) -> None:
        self._rest = _BEGINNING

    def update(self, data: bytes | memoryview) -> None:
        """Goes on with `data`."""
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            if len(self._rest) + len(piece) > HIGH:
                self._rest = _shortened(self._rest, piece)
            else:
                self._rest += piece

    @property
    def value(self) -> int:
        """The checksum of everything so far."""
        return _register(self._rest) ^ _ONES

    @property
    def masked(self) -> int:
        """The checksum as it is stored. Source: `crc32c::Mask` in tensorflow/core/lib/hash."""
        crc = self.value
        return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & _ONES


def crc32c(data: bytes) -> int:
    """The checksum of `data`."""
    checksum = Checksum()
    checksum.update(data)
    return checksum.value


def masked_crc32c(data: bytes) -> int:
    """The checksum of `data` as it is stored."""
    checksum = Checksum()
    checksum.update(data)
    return checksum.masked


@functools.cache
def _table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (_POLYNOMIAL & -(value & 1))  # noqa: PLW2901
        table.append(value)
    return tuple(table)


def _register(data: bytes) -> int:
    """The shift register that began with zeros, after `data`."""
    table = _table()
    register = 0
    for byte in data:
        register = (register >> 8) ^ table[(register ^ byte) & 0xFF]
    return register


def _shortened(rest: bytes, data: bytes | memoryview) -> bytes:
    """At most `HIGH` bytes of the same remainder as `rest` and `data` together."""
    import numpy as np

    whole = np.empty(len(rest) + len(data), np.uint8)
    whole[: len(rest)] = np.frombuffer(rest, np.uint8)
    whole[len(rest) :] = np.frombuffer(data, np.uint8)
    scale = 1
    while 2 * scale * HIGH < len(whole):
        scale *= 2
    while scale:
        whole = _folded(whole, scale)
        scale //= 2
    return whole.tobytes()


def _folded(data: Bytes, scale: int) -> Bytes:
    """The last `HIGH * scale` bytes, after the ones before were added to later ones."""
    import numpy as np

    high = HIGH * scale
    gaps = (high - MIDDLE * scale, high - LOW * scale, high)
    start = 0
    while (left := len(data) - start - high) > 0:
        block = data[start : start + min(left, gaps[0])]
        for gap in gaps:
            later = data[start + gap : start + gap + len(block)]
            np.bitwise_xor(later, block, out=later)
        start += len(block)
    return data[start:]
