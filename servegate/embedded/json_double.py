"""Doubles as RapidJSON 1.1.0 writes them, which TF Serving does in its error messages.

Source: `rapidjson/internal/dtoa.h` and `diyfp.h` of release 1.1.0: Grisu2 (Florian Loitsch,
"Printing floating-point numbers quickly and accurately with integers"). Its digits are nearly
always the shortest ones, and of those not always the nearest.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

_BITS = 64
_WORD = 2**_BITS
_SIGNIFICAND_BITS = 53
_SMALLEST_POWER, _POWER_STEP = -348, 8
_LOG10_OF_2 = 0.30102999566398114
_LARGEST_ROUNDED_SCALE = 9  # a fault of that release: further behind the point nothing is rounded
_PLAIN_DIGITS = 21
_SMALLEST_PLAIN = -6


@dataclass(frozen=True, slots=True)
class _Diy:
    """`fraction` times two to the power of `exponent`; the fraction has 64 bits (`DiyFp`)."""

    fraction: int
    exponent: int

    def __mul__(self, other: _Diy) -> _Diy:
        product = self.fraction * other.fraction
        rounded = (product >> _BITS) + (product >> (_BITS - 1) & 1)
        return _Diy(rounded, self.exponent + other.exponent + _BITS)


def double(value: float) -> bytes:
    """A finite number, always with a point or an exponent."""
    sign = b"-" if math.copysign(1.0, value) < 0 else b""
    if not value:
        return sign + b"0.0"
    digits, exponent = _shortest(abs(value))
    return sign + _prettify(digits, exponent).encode()


def _shortest(value: float) -> tuple[str, int]:
    """Digits, and the power of ten that they are to be multiplied by."""
    fraction, exponent = math.frexp(value)
    whole, exponent = int(math.ldexp(fraction, _SIGNIFICAND_BITS)), exponent - _SIGNIFICAND_BITS
    above = _normalized(2 * whole + 1, exponent - 1)
    # Just above a power of two the next number below is half as far away.
    below, shift = (
        (4 * whole - 1, 2) if whole == 2 ** (_SIGNIFICAND_BITS - 1) else (2 * whole - 1, 1)
    )
    lower = _Diy(below << (exponent - shift - above.exponent), above.exponent)
    power, decimal = _cached_power(above.exponent)
    top = above * power
    upper = _Diy(top.fraction - 1, top.exponent)
    width = upper.fraction - (lower * power).fraction - 1
    digits, kappa = _generate(_normalized(whole, exponent) * power, upper, width)
    return digits, kappa - decimal


def _normalized(whole: int, exponent: int) -> _Diy:
    shift = _BITS - whole.bit_length()
    return _Diy(whole << shift, exponent - shift)


def _cached_power(exponent: int) -> tuple[_Diy, int]:
    """A power of ten that brings numbers of this binary exponent near one, and which it is."""
    index = (math.ceil((-61 - exponent) * _LOG10_OF_2 + 347) >> 3) + 1
    decimal = _SMALLEST_POWER + _POWER_STEP * index
    return _power_of_ten(decimal), decimal


@functools.cache
def _power_of_ten(decimal: int) -> _Diy:
    if decimal >= 0:
        exact, exponent = 10**decimal << _BITS, -_BITS
    else:
        exponent = -(10**-decimal).bit_length() - 2 * _BITS
        exact = (1 << -exponent) // 10**-decimal
    excess = exact.bit_length() - _BITS
    rounded = (exact >> excess) + (exact >> (excess - 1) & 1)
    return _Diy(rounded, exponent + excess)


def _generate(number: _Diy, upper: _Diy, width: int) -> tuple[str, int]:
    """The fewest digits of a number in the interval below `upper` (`DigitGen`)."""
    unit = 1 << -upper.exponent
    distance = upper.fraction - number.fraction
    whole, rest = divmod(upper.fraction, unit)
    digits = ""
    kappa = len(str(whole))
    while kappa > 0:
        kappa -= 1
        digit, whole = divmod(whole, 10**kappa)
        digits += str(digit)
        left = whole * unit + rest
        if left <= width:
            return _rounded(digits, width, left, 10**kappa * unit, distance), kappa
    while True:
        digit, rest = divmod(rest * 10, unit)
        width *= 10
        digits += str(digit)
        kappa -= 1
        if rest < width:
            scale = 10**-kappa if -kappa < _LARGEST_ROUNDED_SCALE else 0
            return _rounded(digits.lstrip("0"), width, rest, unit, distance * scale), kappa


def _rounded(digits: str, width: int, rest: int, step: int, distance: int) -> str:
    """Takes the last digit down as long as that comes nearer to the number (`GrisuRound`)."""
    last = int(digits[-1])
    while (
        rest < distance
        and width - rest >= step
        and (rest + step < distance or distance - rest > rest + step - distance)
    ):
        last -= 1
        rest += step
    return digits[:-1] + str(last)


def _prettify(digits: str, exponent: int) -> str:
    point = len(digits) + exponent  # where it stands in the digits
    if exponent >= 0 and point <= _PLAIN_DIGITS:
        return f"{digits}{'0' * exponent}.0"
    if 0 < point <= _PLAIN_DIGITS:
        return f"{digits[:point]}.{digits[point:]}"
    if _SMALLEST_PLAIN < point <= 0:
        return f"0.{'0' * -point}{digits}"
    behind = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{behind}e{point - 1}"
