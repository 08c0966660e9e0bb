"""When two tensors are the same."""

from __future__ import annotations

import numpy as np

from servegate.comparison import difference, half_precision, is_finite, noise
from servegate.facts.settings import Tolerance


def test_integers_and_strings_are_compared_exactly() -> None:
    found = difference(np.array([1, 2, 3]), np.array([1, 5, 6]))
    assert found is not None
    assert (found.index, found.left, found.right) == ((1,), "2", "5")
    assert (found.differing, found.total, found.largest) == (2, 3, 3.0)
    words = np.array([b"a"], dtype=object)
    assert difference(words, words.copy()) is None
    assert difference(words, np.array([b"b"], dtype=object)) is not None


def test_noise_of_float32_is_no_difference() -> None:
    # 1.8e-7 apart: answers alone and in a batch, as seen on real models.
    one = np.array([0.5, 0.25], np.float32)
    assert difference(one, one * np.float32(1 + 1.8e-7)) is None
    assert difference(one, one * np.float32(1 + 1.8e-7), noise(one)) is None
    assert difference(one, one * np.float32(1.001)) is not None


def test_a_tiny_probability_beside_a_large_one_is_noise() -> None:
    expected = np.array([0.999, 1e-9], np.float32)
    assert difference(np.array([0.999, 3e-9], np.float32), expected) is None


def test_nan_equals_nan_and_infinity_itself() -> None:
    strange = np.array([np.nan, np.inf, -np.inf, 1.0])
    assert difference(strange, strange.copy()) is None
    assert difference(strange, np.array([np.nan, np.inf, np.inf, 1.0])) is not None
    assert difference(np.array([np.nan]), np.array([0.0])) is not None


def test_shapes_differ() -> None:
    found = difference(np.zeros((2, 3)), np.zeros((3, 2)))
    assert found is not None
    assert found.index is None
    assert str(found) == "shape [2, 3] against [3, 2]"


def test_a_given_tolerance_counts() -> None:
    wide = Tolerance(relative=0.1, absolute=0.0)
    assert difference(np.array([1.0, 2.0]), np.array([1.1, 2.0]), wide) is None
    assert difference(np.array([1.0, 2.0]), np.array([1.3, 2.0]), wide) is not None


def test_half_precision_and_complex_numbers() -> None:
    half = np.array([1.0], np.float16)
    assert difference(half, half + np.float16(0.002)) is None
    turned = np.array([1 + 1j], np.complex64)
    assert difference(turned, turned) is None
    assert difference(turned, turned * 2) is not None


def test_what_sixteen_bits_lose_of_a_float32() -> None:
    one = np.array([0.5, 3.0], np.float32)
    rounded = one.astype(np.float16).astype(np.float32)
    assert difference(rounded + np.float32(1e-3), one, half_precision(one)) is None
    assert difference(one * np.float32(1.01), one, half_precision(one)) is not None


def test_only_numbers_that_round_can_be_infinite() -> None:
    words = np.array([b"nan"], dtype=object)
    assert all(is_finite(one) for one in (words, np.array([1]), np.array([1.5], np.float16)))
    for bad in (np.nan, np.inf, -np.inf):
        assert not is_finite(np.array([1.0, bad], np.float32))
