from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servegate.shards import MOST, Shard


def shards(total: int) -> list[Shard]:
    return [Shard(index=index, total=total) for index in range(1, total + 1)]


@given(st.sets(st.text(max_size=8)), st.integers(1, 12), st.randoms())
def test_every_piece_is_in_exactly_one_shard(
    pieces: set[str], total: int, order: random.Random
) -> None:
    mixed = sorted(pieces)
    order.shuffle(mixed)
    parts = [one.of(mixed, key=str) for one in shards(total)]
    assert sorted(piece for part in parts for piece in part) == sorted(pieces)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert parts == [one.of(sorted(pieces), key=str) for one in shards(total)]


def test_is_read_as_it_is_written() -> None:
    assert Shard.parse("2/4") == Shard(index=2, total=4)
    assert str(Shard.parse(f"{MOST}/{MOST}")) == f"{MOST}/{MOST}"


@pytest.mark.parametrize(
    "text", ["", "2", "0/4", "5/4", "1/257", "1/0", "-1/2", "1/2/3", "٢/٤", "1/2\n"]
)
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not I/N"):
        Shard.parse(text)
