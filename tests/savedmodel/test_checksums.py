from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from servegate.savedmodel.crc32c import HIGH, LOW, MIDDLE, Checksum, crc32c, masked_crc32c


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


def test_the_folding_adds_a_multiple_of_the_polynomial() -> None:
    sparse = 1 << HIGH | 1 << MIDDLE | 1 << LOW | 1
    polynomial = 0x11EDC6F41
    while (length := sparse.bit_length()) >= polynomial.bit_length():
        sparse ^= polynomial << (length - polynomial.bit_length())
    assert sparse == 0


@given(st.binary(min_size=1, max_size=300), st.integers(1, 400))
def test_long_data_is_shortened_first(block: bytes, times: int) -> None:
    data = block * times
    assert crc32c(data) == bit_by_bit(data)


@given(st.lists(st.binary(max_size=4000), max_size=8))
def test_data_in_pieces(pieces: list[bytes]) -> None:
    checksum = Checksum()
    for piece in pieces:
        checksum.update(memoryview(piece))
    assert checksum.value == bit_by_bit(b"".join(pieces))


def test_around_the_lengths_where_the_method_changes() -> None:
    for length in (1, 3, 4, HIGH - 5, HIGH - 4, HIGH, 2 * HIGH + 1, 4 * HIGH + 7, 50_001):
        data = bytes(number * 7 % 251 for number in range(length))
        assert crc32c(data) == bit_by_bit(data)


def test_how_data_is_divided_makes_no_difference() -> None:
    data = bytes(number * 7 % 251 for number in range(251)) * 9000
    whole, divided = Checksum(), Checksum()
    whole.update(data)
    for start in range(0, len(data), 65_537):
        divided.update(data[start : start + 65_537])
    assert whole.masked == divided.masked == masked_crc32c(data)
