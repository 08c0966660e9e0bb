"""What the loader asks for, against what a checkpoint holds."""

from __future__ import annotations

import pytest

from servegate.graph.misfits import MisfitKind, misfits
from servegate.graph.restoring import Wanted
from servegate.savedmodel.bundle import Bundle, Entry
from servegate.savedmodel.signatures import Shape


def held(name: str, *shape: int, dtype: str = "float32") -> Bundle:
    entry = Entry(name=name, dtype=dtype, shape=shape, shard=0, offset=0, size=4, crc32c=0)
    return Bundle(shards=1, big_endian=False, entries=(entry,))


def asked(
    name: str = "w", *, dtype: str = "float32", part: str = "", shape: Shape = None
) -> list[Wanted]:
    return [Wanted(name=name, dtype=dtype, slice=part, node="restore", shape=shape)]


def kinds(wanted: list[Wanted], bundle: Bundle) -> list[MisfitKind]:
    return [one.kind for one in misfits(wanted, bundle)]


def test_a_tensor_that_is_not_there() -> None:
    assert kinds(asked("v"), held("w", 2)) == [MisfitKind.MISSING]


def test_another_dtype() -> None:
    (found,) = misfits(asked(dtype="float64"), held("w", 2))

    assert (found.kind, found.wanted, found.held) == (MisfitKind.DTYPE, "float64", "float32")
    assert not kinds(asked(dtype="float32_ref"), held("w", 2))


@pytest.mark.parametrize("shape", [None, (2, 3), (None, 3), (None, None)])
def test_shapes_that_fit(shape: Shape) -> None:
    assert not kinds(asked(shape=shape), held("w", 2, 3))


@pytest.mark.parametrize("shape", [(), (2,), (3, 2), (2, 3, 1), (None, 2)])
def test_shapes_that_do_not(shape: Shape) -> None:
    assert kinds(asked(shape=shape), held("w", 2, 3)) == [MisfitKind.SHAPE]


def test_a_part_of_a_partitioned_tensor() -> None:
    assert not kinds(asked(part="10 4 0,5:-", shape=(5, 4)), held("w", 10, 4))
    assert not kinds(asked(part="10 4 5,5:0,4", shape=(5, 4)), held("w", 10, 4))
    assert not kinds(asked(part="10 4 -:-", shape=(10, 4)), held("w", 10, 4))
    assert kinds(asked(part="10 4 0,5:-", shape=(6, 4)), held("w", 10, 4)) == [MisfitKind.SHAPE]
    (found,) = misfits(asked(part="10 4 0,5:-", shape=(5, 4)), held("w", 12, 4))
    assert (found.kind, found.wanted, found.held) == (
        MisfitKind.PARTITIONED,
        "[10, 4]",
        "[12, 4]",
    )


@pytest.mark.parametrize("part", ["nonsense", "10 4 0,5", "10 4", "-1 0,1", "1 0,1:"])
def test_a_slice_that_nobody_can_read_says_nothing(part: str) -> None:
    assert not kinds(asked(part=part, shape=(7,)), held("w", 10, 4))


def test_each_tensor_is_told_once() -> None:
    assert len(misfits(asked("v") * 3, held("w", 2))) == 1
