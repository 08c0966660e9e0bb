"""Tensors to numpy and back; what TensorFlow itself writes is compared in a process of its own."""

from __future__ import annotations

import base64
import contextlib
import json
import subprocess
import sys

import ml_dtypes
import numpy as np
import pytest
from google.protobuf import text_format
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from servegate.savedmodel.dtypes import dtype_name, dtype_number, numpy_dtype
from servegate.savedmodel.protos import DataType, TensorProto
from servegate.savedmodel.tensors import Array, BadTensor, from_numpy, to_numpy

COMMON = (
    *("float16", "float32", "float64", "int8", "int16", "int32", "int64"),
    *("uint8", "uint16", "uint32", "uint64", "bool", "complex64", "complex128", "bfloat16"),
)
DTYPES = (*COMMON, "int4", "uint4", "float8_e5m2", "float8_e4m3fn")


@pytest.mark.parametrize("name", DTYPES)
def test_there_and_back(name: str) -> None:
    dtype = numpy_dtype(name)
    assert dtype is not None
    array = np.array([[0, 1, 2], [3, 1, 0]]).astype(dtype)
    proto = from_numpy(array)
    assert dtype_name(proto.dtype) == name
    back = to_numpy(proto)
    assert back.dtype == array.dtype
    assert back.shape == (2, 3)
    assert back.tobytes() == array.tobytes()
    assert back.flags.writeable


@given(
    hnp.arrays(
        st.sampled_from(["<f4", "<f8", "<i8", "<u2", "?", "<c8"]),
        hnp.array_shapes(min_dims=0, min_side=0),
    )
)
def test_any_array_there_and_back(array: Array) -> None:
    back = to_numpy(from_numpy(array))
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()


def test_strings_are_bytes() -> None:
    array = np.array([["a", "ö"], [b"\xff\0", ""]], dtype=object)
    assert to_numpy(from_numpy(array)).tolist() == [[b"a", "ö".encode()], [b"\xff\0", b""]]
    assert to_numpy(from_numpy(np.array("text"))).item() == b"text"
    assert to_numpy(from_numpy("\ud800")).item() == b"\xed\xa0\x80"


def test_memory_order_and_byte_order_do_not_matter() -> None:
    array = np.arange(6, dtype=">i4").reshape(2, 3).T
    assert to_numpy(from_numpy(array)).tolist() == [[0, 3], [1, 4], [2, 5]]


@pytest.mark.parametrize("value", [np.array([1, None], dtype=object), np.array("2020", "M8[Y]")])
def test_what_no_tensor_can_hold(value: object) -> None:
    with pytest.raises(BadTensor):
        from_numpy(np.asarray(value))


def proto(text: str) -> TensorProto:
    return text_format.Parse(text, TensorProto())


def test_the_last_value_is_repeated() -> None:
    text = "dtype: DT_INT32 tensor_shape { dim { size: 4 } } int_val: 1 int_val: 2"
    assert to_numpy(proto(text)).tolist() == [1, 2, 2, 2]
    text = "dtype: DT_STRING tensor_shape { dim { size: 2 } } string_val: 'a'"
    assert to_numpy(proto(text)).tolist() == [b"a", b"a"]


def test_no_value_is_zero() -> None:
    assert to_numpy(proto("dtype: DT_FLOAT tensor_shape { dim { size: 2 } }")).tolist() == [0, 0]
    assert to_numpy(proto("dtype: DT_STRING tensor_shape { }")).item() == b""


def test_half_precision_is_stored_as_bits() -> None:
    assert to_numpy(proto("dtype: DT_HALF tensor_shape { } half_val: 15360")).item() == 1.0
    found = to_numpy(proto("dtype: DT_BFLOAT16 tensor_shape { } half_val: 16256"))
    assert found.dtype == ml_dtypes.bfloat16
    assert found.item() == 1.0


def test_complex_numbers_are_pairs() -> None:
    text = "dtype: DT_COMPLEX64 tensor_shape { } scomplex_val: 1 scomplex_val: -2"
    assert to_numpy(proto(text)).item() == 1 - 2j


BIG = "dim { size: 1000000 } dim { size: 1000000 }"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"dtype: DT_FLOAT tensor_shape {{ {BIG} }} float_val: 0", "too large"),
        (f"dtype: DT_STRING tensor_shape {{ {BIG} }}", "too large"),
        ("dtype: DT_FLOAT tensor_shape { unknown_rank: true }", "known in full"),
        ("dtype: DT_FLOAT tensor_shape { dim { size: -1 } }", "known in full"),
        ("dtype: DT_FLOAT tensor_shape { " + "dim { size: 1 } " * 65 + "}", "dimensions"),
        ("dtype: DT_FLOAT tensor_shape { dim { size: 1 } } float_val: [1, 2]", "2 values"),
        ("dtype: DT_FLOAT tensor_shape { dim { size: 1 } } tensor_content: '123'", "3 bytes"),
        ("dtype: DT_FLOAT tensor_shape { dim { size: 0 } } tensor_content: '1234'", "1 values"),
        ("dtype: DT_RESOURCE tensor_shape { }", "resource"),
        ("dtype: DT_INVALID tensor_shape { }", "unknown"),
        ("dtype: 99 tensor_shape { }", "dtype 99"),
    ],
)
def test_hostile_messages(text: str, why: str) -> None:
    with pytest.raises(BadTensor, match=why):
        to_numpy(proto(text))


@given(st.binary(max_size=200))
def test_garbage_is_an_array_or_a_bad_tensor(data: bytes) -> None:
    message = TensorProto()
    try:
        message.ParseFromString(b"\x08\x01" + data)
    except DecodeError:  # no message at all
        return
    with contextlib.suppress(BadTensor):
        assert to_numpy(message, max_bytes=1000).nbytes <= max(1000, len(data))


def test_every_dtype_of_tensorflow_has_a_name() -> None:
    for label, number in DataType.items():
        name = dtype_name(number)
        assert not name.startswith("dtype "), label
        if 0 < number < 100:
            assert dtype_number(name) == number
            assert (numpy_dtype(name) is None) == (name in {"resource", "variant"})
        assert name.endswith("_ref") == label.endswith("_REF")


WRITER = """
import base64, json, sys
import numpy as np
import tensorflow as tf

made = {}
for name in json.loads(sys.argv[1]):
    dtype = tf.as_dtype(name)
    values = np.array([0, 1, 3]).astype(dtype.as_numpy_dtype)
    one = tf.make_tensor_proto(values[1:2], dtype, [4])
    made[name] = [tf.make_tensor_proto(values, dtype), one]
made["string"] = [tf.make_tensor_proto([b"a", b"\\xff"]), tf.make_tensor_proto([b"a"], shape=[4])]
encoded = {
    name: [base64.b64encode(one.SerializeToString()).decode() for one in protos]
    for name, protos in made.items()
}
names = {str(int(number)): tf.as_dtype(number).name for number in range(1, 24)}
print(json.dumps([encoded, names]))
"""


def test_tensorflows_own_messages_and_names() -> None:
    written = subprocess.run(
        [sys.executable, "-c", WRITER, json.dumps(COMMON)],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    encoded, names = json.loads(written)
    assert {number: dtype_name(int(number)) for number in names} == names
    for name, messages in encoded.items():
        full, repeated = (TensorProto.FromString(base64.b64decode(one)) for one in messages)
        if name == "string":
            assert to_numpy(full).tolist() == [b"a", b"\xff"]
            assert to_numpy(repeated).tolist() == [b"a"] * 4
        else:
            dtype = numpy_dtype(name)
            assert to_numpy(full).tolist() == np.array([0, 1, 3]).astype(dtype).tolist()
            assert to_numpy(repeated).tolist() == np.array([1] * 4).astype(dtype).tolist()
