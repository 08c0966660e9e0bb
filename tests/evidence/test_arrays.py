"""JSON values as arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servegate.evidence.arrays import NotAnArray, to_array, to_tensors


@pytest.mark.parametrize(
    ("value", "dtype", "shape"),
    [
        (1, "int64", ()),
        (1.5, "float64", ()),
        ([1, 2.5], "float64", (2,)),
        ([[1, 2], [3, 4]], "int64", (2, 2)),
        ([True, False], "bool", (2,)),
        ("text", "object", ()),
        ([["a"], ["b"]], "object", (2, 1)),
        ([], "float64", (0,)),
    ],
)
def test_dtype_and_shape(value: object, dtype: str, shape: tuple[int, ...]) -> None:
    array = to_array(value)
    assert (array.dtype.name, array.shape) == (dtype, shape)


def test_base64_is_bytes() -> None:
    assert to_array({"b64": "/wA="}).item() == b"\xff\x00"
    assert to_tensors({"b64": "/wA="})[""].item() == b"\xff\x00"


@pytest.mark.parametrize(
    "value",
    [[[1], [1, 2]], [1, [2]], [1, "a"], [True, 1], {"a": 1}, None, 2**63, {"b64": "%"}],
    ids=repr,
)
def test_what_is_no_array(value: object) -> None:
    with pytest.raises(NotAnArray):
        to_array(value)


@given(st.recursive(st.none() | st.integers() | st.floats() | st.text(), st.lists))
def test_any_json_value_is_an_array_or_refused(value: object) -> None:
    try:
        array = to_array(value)
    except NotAnArray:
        return
    assert isinstance(array, np.ndarray)
