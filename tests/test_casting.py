"""Arrays in the dtype that a signature wants."""

from __future__ import annotations

import numpy as np
import pytest

from servegate.casting import cast, named
from servegate.facts.serving import Array
from servegate.savedmodel.signatures import Signature, TensorSpec


def spec(dtype: str, name: str = "x") -> TensorSpec:
    return TensorSpec(name=name, dtype=dtype, shape=(None,), tensor=f"{name}:0")


def signature(name: str, *inputs: str) -> Signature:
    return Signature(
        name=name, method="", inputs=tuple(spec("float32", one) for one in inputs), outputs=()
    )


@pytest.mark.parametrize(
    ("array", "wanted", "dtype"),
    [
        (np.array([1.5]), "float32", "float32"),
        (np.array([1, 2]), "float32", "float32"),
        (np.array([1, 2]), "int32", "int32"),
        (np.array([200]), "uint8", "uint8"),
        (np.array(["a"], dtype=object), "string", "object"),
        (np.array(["a"]), "string", "object"),
        (np.array([True]), "bool", "bool"),
    ],
)
def test_what_a_client_would_cast(array: Array, wanted: str, dtype: str) -> None:
    made = cast(array, spec(wanted))
    assert made.problem == ""
    assert made.array.dtype.name == dtype


@pytest.mark.parametrize(
    ("array", "wanted"),
    [
        (np.array([1.0]), "int64"),
        (np.array(["a"], dtype=object), "float32"),
        (np.array([1]), "string"),
        (np.array([300]), "uint8"),
        (np.array([2**31]), "int32"),
        (np.array([1]), "bool"),
        (np.array([True]), "int64"),
    ],
)
def test_what_would_lose_something(array: Array, wanted: str) -> None:
    made = cast(array, spec(wanted))
    assert "'x'" in made.problem
    assert made.array is array


def test_text_becomes_bytes() -> None:
    assert cast(np.array(["ü"], dtype=object), spec("string")).array.tolist() == ["ü".encode()]


def test_the_signature_whose_inputs_bear_the_names() -> None:
    signatures = [signature("a", "x"), signature("serving_default", "x"), signature("b", "x", "y")]
    one, two = np.zeros(1), np.zeros(1)
    assert getattr(named(signatures, {"x": one}), "name", "") == "serving_default"
    assert getattr(named(signatures, {"x": one, "y": two}), "name", "") == "b"
    assert named(signatures, {"z": one}) is None
    assert getattr(named(signatures, {"": one}), "name", "") == "serving_default"
    assert named([signature("b", "x", "y")], {"": one}) is None
