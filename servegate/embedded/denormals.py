"""Denormal numbers are zero in REST requests and answers.

They are read and written on threads of TensorFlow's, which have the processor flush them
(`ScopedFlushDenormal` in `tsl/platform/default/env.cc`). gRPC has threads of its own and hands
them on.
"""

from __future__ import annotations

import math
import sys

_SMALLEST_DOUBLE = sys.float_info.min
# Less would be denormal after rounding to the 24 bits that a number of 32 bits holds.
_SMALLEST_SINGLE = 2.0**-126 - 2.0**-151


def flushed(value: float) -> float:
    """A 64-bit number; where it is denormal, a zero of its sign."""
    return (
        value if abs(value) >= _SMALLEST_DOUBLE or math.isnan(value) else math.copysign(0.0, value)
    )


def flushed_single(value: float) -> float:
    """A number that is or becomes one of 32 bits; where it is denormal, a zero of its sign."""
    return (
        value if abs(value) >= _SMALLEST_SINGLE or math.isnan(value) else math.copysign(0.0, value)
    )
