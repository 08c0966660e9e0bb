from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from servegate.savedmodel.crc32c import Checksum, masked_crc32c


def bit_by_bit(data: bytes) -> int:
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (0x82F63B78 & -(register & 1))
    return register ^ 0xFFFFFFFF


def masked(crc: int) -> int:
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def test_known_values() -> None:
    assert masked_crc32c(b"") == masked(0)
    assert masked_crc32c(b"123456789") == masked(0xE3069283)
    assert masked_crc32c(bytes(32)) == masked(0x8A9136AA)  # RFC 3720, B.4


@given(st.lists(st.binary(max_size=400), max_size=8))
def test_data_in_pieces(pieces: list[bytes]) -> None:
    checksum = Checksum()
    for piece in pieces:
        checksum.update(piece)
    assert checksum.masked == masked(bit_by_bit(b"".join(pieces)))
