from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from servegate.contract import breaks
from servegate.facts.serving import Tensors
from servegate.savedmodel.signatures import Shape, Signature, TensorSpec
from servegate.witnesses import Word, word

ROW: Shape = (None, 2)


def _signature(*names: str, dtype: str = "float32", shape: Shape = ROW) -> Signature:
    return Signature(
        name="serving_default",
        method="tensorflow/serving/predict",
        inputs=tuple(TensorSpec(name=one, dtype=dtype, shape=shape, tensor=one) for one in names),
        outputs=(),
    )


def _said(before: Signature, after: Signature, *sent: dict[str, Any]) -> Word:
    (found,) = breaks([before], [after])
    arrays: list[Tensors] = [{key: np.array(one) for key, one in each.items()} for each in sent]
    return word(found, arrays, before, after)


RENAMED = (_signature("a"), _signature("b"))
DROPPED = (_signature("a", "b"), _signature("a"))
ADDED = (_signature("a"), _signature("a", "b"))
PAIR = [1.0, 2.0]


@pytest.mark.parametrize(
    ("change", "sent", "said"),
    [
        (RENAMED, {"b": PAIR}, Word.AGREES),
        (RENAMED, {"a": PAIR}, Word.CONTRADICTS),
        (RENAMED, {"a": PAIR, "b": PAIR}, Word.CONTRADICTS),
        (RENAMED, {"": PAIR}, Word.CONTRADICTS),
        (RENAMED, {"other": PAIR}, Word.NONE),
        (DROPPED, {"a": PAIR}, Word.AGREES),
        (DROPPED, {"a": PAIR, "b": PAIR}, Word.CONTRADICTS),
        (ADDED, {"a": PAIR, "b": PAIR}, Word.AGREES),
        (ADDED, {"a": PAIR}, Word.CONTRADICTS),
    ],
)
def test_names(change: tuple[Signature, Signature], sent: dict[str, Any], said: Word) -> None:
    assert _said(*change, sent) is said


def test_one_example_that_still_does_as_before_is_enough() -> None:
    assert _said(*ADDED, {"a": PAIR, "b": PAIR}, {"a": PAIR}) is Word.CONTRADICTS
    assert _said(*ADDED) is Word.NONE


@pytest.mark.parametrize(
    ("dtypes", "value", "said"),
    [
        (("float32", "string"), ["a", "b"], Word.AGREES),
        (("float32", "string"), PAIR, Word.CONTRADICTS),
        (("int64", "float32"), [0.5, 1.5], Word.AGREES),
        (("float32", "float64"), PAIR, Word.CONTRADICTS),
        (("float32", "int64"), [1, 2], Word.CONTRADICTS),
        (("int64", "int32"), np.array([1, 2], np.int32), Word.AGREES),
    ],
)
def test_dtypes(dtypes: tuple[str, str], value: object, said: Word) -> None:
    before, after = (_signature("a", dtype=one) for one in dtypes)

    assert _said(before, after, {"a": value}) is said
    assert _said(before, after, {"": value}) is said


@pytest.mark.parametrize(
    ("shapes", "value", "said"),
    [
        ((ROW, (None, 3)), [1.0, 2.0, 3.0], Word.AGREES),
        ((ROW, (None, 3)), PAIR, Word.CONTRADICTS),
        (((None, None), ROW), PAIR, Word.AGREES),
        (((None, None), ROW), [1.0], Word.CONTRADICTS),
        ((ROW, (1, 2)), PAIR, Word.AGREES),
        ((ROW, (None, 2, 1)), [[1.0], [2.0]], Word.AGREES),
        ((ROW, (None,)), PAIR, Word.CONTRADICTS),
    ],
    ids=str,
)
def test_shapes(shapes: tuple[Shape, Shape], value: object, said: Word) -> None:
    before, after = (_signature("a", shape=one) for one in shapes)

    assert _said(before, after, {"a": value}) is said
