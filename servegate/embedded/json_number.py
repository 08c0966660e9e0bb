"""Numbers as RapidJSON 1.1.0 reads them, with its errors and its rounding.

Source: `ParseNumber` in `rapidjson/reader.h`, and `StrtodNormalPrecision` in
`internal/strtod.h`. An integer of 64 bits is exact; everything else is a double that was put
together digit by digit, so the last digits of a long number may be lost.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_DIGITS = re.compile(rb"[0-9]*")
_INTEGER = re.compile(rb"0|[1-9][0-9]*")
_NAN = b"NaN"
_INFINITY = b"Infinity"
_SHORT_INFINITY = b"Inf"
_MAX_MAGNITUDE = (2**64 - 1, 2**63)  # without and with a minus
_MAX_EXACT = 2**53 - 1
_MAX_BEFORE_DIGIT = 1.7976931348623157e307
_MAX_DIGITS = 17
_MAX_POWER = 308
_MAX_EXPONENT = 10**9
_POWERS = [float(f"1e{exponent}") for exponent in range(_MAX_POWER + 1)]


class ParseError(Exception):
    """Where and why a text is no JSON; `str()` says it in RapidJSON's words."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(f"{reason} at offset: {offset}")


@dataclass(slots=True)
class _Significand:
    """The digits read so far: an integer, or a double once they do not fit one.

    `scale` is the power of ten that is still missing, `digits` how many digits count.
    """

    value: int | float
    digits: int
    scale: int = 0


def read_number(text: bytes, start: int) -> tuple[int | float, int]:
    """The number at an offset, and the offset behind it. Raises `ParseError`."""
    minus = text[start : start + 1] == b"-"
    integer = _INTEGER.match(text, start + minus)
    if integer:
        word, at = None, integer.end()
        found = _read_integer(integer[0], start, minus=minus)
    else:
        word, at = _read_word(text, start + minus, minus=minus)
        found = _Significand(0, 0)
    if text[at : at + 1] == b".":
        at = _read_fraction(text, at + 1, found)
    exponent = 0
    if text[at : at + 1] in {b"e", b"E"}:
        found.value = float(found.value)
        exponent, at = _read_exponent(text, at + 1, start, found.scale)
    if isinstance(found.value, float):
        found.value = _scaled(found.value, exponent + found.scale)
    elif word is not None:
        return word, at
    return -found.value if minus else found.value, at


def _read_word(text: bytes, at: int, *, minus: bool) -> tuple[float, int]:
    """NaN or an infinity; with a fraction or an exponent behind it, it counts as zero."""
    after_nan = _skip(text, at, _NAN)
    if after_nan - at == len(_NAN):
        return math.nan, after_nan
    # Letters of NaN are not given back: NaInf is an infinity.
    end = _skip(text, after_nan, _INFINITY)
    if end - after_nan not in {len(_SHORT_INFINITY), len(_INFINITY)}:
        raise ParseError("Invalid value.", end)
    return -math.inf if minus else math.inf, end


def _skip(text: bytes, at: int, word: bytes) -> int:
    """The offset behind as many bytes of a word as stand at an offset."""
    for byte in word:
        if text[at : at + 1] != bytes([byte]):
            break
        at += 1
    return at


def _read_integer(digits: bytes, start: int, *, minus: bool) -> _Significand:
    largest = _MAX_MAGNITUDE[minus]
    count = len(str(largest))
    if int(digits[:count]) > largest:
        count -= 1
    exact = int(digits[:count])
    if count >= len(digits):
        return _Significand(exact, len(digits) - 1)
    # As many digits as fit are exact, the rest is added to a double one by one.
    value = float(exact)
    for digit in digits[count:]:
        if value >= _MAX_BEFORE_DIGIT:
            raise ParseError("Number too big to be stored in double.", start)
        value = value * 10 + (digit - ord("0"))
    return _Significand(value, count - 1)


def _read_fraction(text: bytes, at: int, found: _Significand) -> int:
    """Adds the digits after the point; the offset behind them."""
    match = _DIGITS.match(text, at)
    digits = match[0] if match else b""
    if not digits:
        raise ParseError("Miss fraction part in number.", at)
    rest = iter(digits)
    if isinstance(found.value, int):
        found.value = _add_exactly(digits, found)
        rest = iter(digits[-found.scale :]) if found.scale else iter(digits)
    for digit in rest:
        if found.digits >= _MAX_DIGITS:
            break
        found.value = found.value * 10.0 + (digit - ord("0"))
        found.scale -= 1
        found.digits += found.value > 0.0
    return at + len(digits)


def _add_exactly(digits: bytes, found: _Significand) -> float:
    """The digits that an integer of 53 bits can take; `scale` tells how many they were."""
    value = int(found.value)
    for digit in digits:
        if value > _MAX_EXACT:
            break
        value = value * 10 + (digit - ord("0"))
        found.scale -= 1
        found.digits += value != 0
    return float(value)


def _read_exponent(text: bytes, at: int, start: int, scale: int) -> tuple[int, int]:
    minus = text[at : at + 1] == b"-"
    at += text[at : at + 1] in {b"+", b"-"}
    match = _DIGITS.match(text, at)
    digits = match[0] if match else b""
    if not digits:
        raise ParseError("Miss exponent in number.", at)
    exponent = _bounded(digits)
    # Only a second digit makes RapidJSON look whether the number is too big.
    if minus:
        return -exponent, at + len(digits)
    if exponent > _MAX_POWER - scale and len(digits) > 1:
        raise ParseError("Number too big to be stored in double.", start)
    return exponent, at + len(digits)


def _bounded(digits: bytes) -> int:
    """A number, or one that is as good where it is out of all proportion."""
    significant = digits.lstrip(b"0")
    large = len(significant) > len(str(_MAX_EXPONENT))
    return _MAX_EXPONENT if large else int(significant or b"0")


def _scaled(value: float, power: int) -> float:
    """`value` times a power of ten, in the steps in which RapidJSON rounds."""
    if power < -_MAX_POWER:
        return _times_power(_times_power(value, -_MAX_POWER), power + _MAX_POWER)
    return _times_power(value, power)


def _times_power(value: float, power: int) -> float:
    if power < -_MAX_POWER:
        return 0.0
    return value * _POWERS[power] if power >= 0 else value / _POWERS[-power]
