"""The 64-bit FarmHash that `fingerprint.pb` is written with.

Source: `farmhashna::Hash64` in google/farmhash, which TensorFlow calls `Fingerprint64`; its
values are part of formats and do not change. Only the rule for more than 64 bytes is here: no
checkpoint's index is shorter.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

SHORTEST = 65
_ALL = 2**64 - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_BLOCK = struct.Struct("<8Q")
_SEED = 81

_Pair = tuple[int, int]


def fingerprint64(data: bytes) -> int:
    """The fingerprint of at least `SHORTEST` bytes, unsigned, at ten megabytes a second."""
    if len(data) < SHORTEST:
        raise ValueError(f"{len(data)} bytes have another rule")
    y = (_SEED * _K1 + 113) & _ALL
    z = _mixed(y * _K2 + 113) * _K2 & _ALL
    x = (_SEED * _K2 + _BLOCK.unpack_from(data)[0]) & _ALL
    v, w = (0, 0), (0, 0)
    last = len(data) - 1
    for start in range(0, last // 64 * 64, 64):
        x, y, z, v, w = _round(_BLOCK.unpack_from(data, start), (x, y, z), v, w, (_K1, 1))
    factor = _K1 + ((z & 0xFF) << 1)
    first = w[0] + (last & 63)
    v = (v[0] + first, v[1])
    w = (first + v[0], w[1])
    x, y, z, v, w = _round(_BLOCK.unpack_from(data, last - 63), (x, y, z), v, w, (factor, 9))
    return _joined(
        _joined(v[0], w[0], factor) + _mixed(y) * _K0 + z,
        _joined(v[1], w[1], factor) + x,
        factor,
    )


def _round(
    s: Sequence[int], state: tuple[int, int, int], v: _Pair, w: _Pair, factors: tuple[int, int]
) -> tuple[int, int, int, _Pair, _Pair]:
    """Mixes 64 bytes into the state; the last round does it with factors of its own."""
    x, y, z = state
    factor, weight = factors
    x = _rotated(x + y + v[0] + s[1], 37) * factor
    y = _rotated(y + v[1] + s[6], 42) * factor
    x = (x ^ w[1] * weight) & _ALL
    y = (y + v[0] * weight + s[5]) & _ALL
    z = _rotated(z + w[0], 33) * factor & _ALL
    v = _weak(s[:4], v[1] * factor, x + w[0])
    w = _weak(s[4:], z + w[1], y + s[2])
    return z, y, x, v, w


def _weak(s: Sequence[int], a: int, b: int) -> _Pair:
    a += s[0]
    b = _rotated(b + a + s[3], 21)
    c = a
    a += s[1] + s[2]
    b += _rotated(a, 44)
    return (a + s[3]) & _ALL, (b + c) & _ALL


def _rotated(value: int, by: int) -> int:
    value &= _ALL
    return value >> by | (value << (64 - by)) & _ALL


def _mixed(value: int) -> int:
    value &= _ALL
    return value ^ value >> 47


def _joined(u: int, v: int, factor: int) -> int:
    v &= _ALL
    a = _mixed(((u & _ALL) ^ v) * factor)
    return _mixed((v ^ a) * factor) * factor & _ALL
