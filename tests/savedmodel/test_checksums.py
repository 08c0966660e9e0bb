from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from servegate.savedmodel.crc32c import crc32c, masked_crc32c


def bit_by_bit(data: bytes) -> int:
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (0x82F63B78 & -(register & 1))
    return register ^ 0xFFFFFFFF


def test_known_values() -> None:
    assert crc32c(b"") == 0
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4
    assert masked_crc32c(b"foo") != crc32c(b"foo")


@given(st.binary(min_size=1, max_size=300), st.integers(1, 400))
def test_long_data_is_computed_side_by_side(block: bytes, times: int) -> None:
    data = block * times
    assert crc32c(data) == bit_by_bit(data)


def test_around_the_length_where_the_method_changes() -> None:
    for length in (2**14 - 1, 2**14, 2**14 + 1, 127**2 + 5, 20_003):
        data = bytes(number * 7 % 251 for number in range(length))
        assert crc32c(data) == bit_by_bit(data)
