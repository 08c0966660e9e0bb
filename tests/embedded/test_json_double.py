"""Doubles as RapidJSON 1.1.0 wrote them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servegate.embedded.json_double import double


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, b"0.1"),
        (-2.5, b"-2.5"),
        (1e20, b"100000000000000000000.0"),
        (1e21, b"1e21"),
        (1.5e-7, b"1.5e-7"),
        (0.000123, b"0.000123"),
        (2.0**64, b"18446744073709553000.0"),  # the nearest of so few digits ends in 2000
        (9.999999999999998e39, b"9.999999999999998e39"),
        (1.7976931348623157e308, b"1.7976931348623157e308"),
        (2.2250738585072014e-308, b"2.2250738585072014e-308"),
    ],
)
def test_digits(value: float, text: bytes) -> None:
    assert double(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_nothing_is_lost(value: float) -> None:
    assert float(double(value)) == value
