"""TensorFlow's dtypes by name, without TensorFlow.

A dtype is known here by the name that `tf.DType.name` gives it ("float32", "string"); a reference
dtype ends in `_ref`, as TensorFlow 1 signatures of variables have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_REF = 100
_NAMES = {
    1: "float32",
    2: "float64",
    3: "int32",
    4: "uint8",
    5: "int16",
    6: "int8",
    7: "string",
    8: "complex64",
    9: "int64",
    10: "bool",
    11: "qint8",
    12: "quint8",
    13: "qint32",
    14: "bfloat16",
    15: "qint16",
    16: "quint16",
    17: "uint16",
    18: "complex128",
    19: "float16",
    20: "resource",
    21: "variant",
    22: "uint32",
    23: "uint64",
    24: "float8_e5m2",
    25: "float8_e4m3fn",
    26: "float8_e4m3fnuz",
    27: "float8_e4m3b11fnuz",
    28: "float8_e5m2fnuz",
    29: "int4",
    30: "uint4",
    31: "int2",
    32: "uint2",
    33: "float4_e2m1fn",
}
_NUMBERS = {name: number for number, name in _NAMES.items()}
_WITHOUT_VALUES = frozenset({"resource", "variant"})


def dtype_name(number: int) -> str:
    """The name of a `DataType`; a number that TensorFlow does not know gives `dtype <number>`."""
    base = number - _REF if number > _REF else number
    name = _NAMES.get(base)
    if name is None:
        return "unknown" if number == 0 else f"dtype {number}"
    return name if number == base else f"{name}_ref"


def dtype_number(name: str) -> int:
    """The `DataType` of a name without `_ref`. Raises `KeyError` for one that is none."""
    return _NUMBERS[name]


def numpy_dtype(name: str) -> np.dtype[np.generic] | None:
    """The numpy dtype that holds values of a dtype (little-endian), None where nothing can.

    Strings are objects (`bytes`), quantised integers the integers they are stored as, and the
    small floats and integers are those of `ml_dtypes`. A reference dtype is that of its value.
    """
    import numpy as np  # costs 80 ms, and describing a model needs none of it

    name = name.removesuffix("_ref")
    if name in _WITHOUT_VALUES or name not in _NUMBERS:
        return None
    if name == "string":
        return np.dtype(object)
    if name[0] == "q":
        name = name[1:]
    try:
        return np.dtype(name).newbyteorder("<")
    except TypeError:
        import ml_dtypes

        small: np.dtype[np.generic] = np.dtype(getattr(ml_dtypes, name))
        return small
