"""CRC-32C, and the masked form that TFRecord and LevelDB tables store.

Nothing in the environment computes this polynomial. Long data is cut into equal chunks whose
checksums numpy computes side by side; a checksum is linear, so they can be joined.
"""

from __future__ import annotations

import functools

_POLYNOMIAL = 0x82F63B78
_ONES = 0xFFFFFFFF
_MASK_DELTA = 0xA282EAD8
_LONG = 2**14


def crc32c(data: bytes) -> int:
    """The checksum of `data`."""
    register = _ONES
    if len(data) >= _LONG:
        length = max(64, int(len(data) ** 0.5))
        whole = len(data) // length * length
        register = _side_by_side(register, data[:whole], length)
        data = data[whole:]
    return _step(register, data) ^ _ONES


def masked_crc32c(data: bytes) -> int:
    """The checksum as TFRecord stores it. Source: `crc32c::Mask` in tensorflow/core/lib/hash."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & _ONES


@functools.cache
def _table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (_POLYNOMIAL & -(value & 1))  # noqa: PLW2901
        table.append(value)
    return tuple(table)


def _step(register: int, data: bytes) -> int:
    table = _table()
    for byte in data:
        register = (register >> 8) ^ table[(register ^ byte) & 0xFF]
    return register


def _side_by_side(register: int, data: bytes, length: int) -> int:
    """Feeds `data`, a whole number of chunks of `length` bytes, to the register."""
    import numpy as np

    table = np.array(_table(), np.uint32)
    eight, low = np.uint32(8), np.uint32(0xFF)
    columns = np.ascontiguousarray(np.frombuffer(data, np.uint8).reshape(-1, length).T)
    chunks = np.zeros(columns.shape[1], np.uint32)
    # What a chunk of zeros makes of each byte of the register, for joining the chunks below.
    places = np.array([[byte << place for byte in range(256)] for place in (0, 8, 16, 24)])
    zeros = places.astype(np.uint32)
    for column in columns:
        chunks = (chunks >> eight) ^ table[(chunks ^ column) & low]
        zeros = (zeros >> eight) ^ table[zeros & low]
    first, second, third, fourth = zeros.tolist()
    for chunk in chunks.tolist():
        joined = first[register & 0xFF] ^ second[register >> 8 & 0xFF]
        register = chunk ^ joined ^ third[register >> 16 & 0xFF] ^ fourth[register >> 24]
    return register
