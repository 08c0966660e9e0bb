"""JSON as RapidJSON reads and writes it."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servegate.embedded.json_document import JsonObject, parse
from servegate.embedded.json_tensor import decode_base64
from servegate.embedded.json_writer import Writer, decimal, describe, string
from servegate.embedded.status import StatusError


def test_repeated_keys_stay_and_the_first_is_found() -> None:
    document = parse(b'{"a": 1, "b": null, "a": 2}')
    assert isinstance(document, JsonObject)
    assert [name for name, _ in document.members] == ["a", "b", "a"]
    assert document.get("a") == 1
    assert document.has("b")
    assert not document.has("c")


def test_integers_are_exact_up_to_64_bits() -> None:
    assert parse(b"[18446744073709551615, -9223372036854775808]") == [2**64 - 1, -(2**63)]
    assert parse(b"[18446744073709551616]") == [float(2**64)]


def test_bytes_that_are_not_utf8_come_through() -> None:
    document = parse('{"é": "'.encode() + b'\xff"}')
    assert isinstance(document, JsonObject)
    expected = '{\n    "é": "'.encode() + b'\xff"\n}'
    assert describe(document).encode("utf-8", "surrogateescape") == expected


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "JSON Parse error: The document is empty"),
        (b"  ", "JSON Parse error: The document is empty. at offset: 2"),
        (b"[1,]", "JSON Parse error: Invalid value. at offset: 3"),
        (b'["\xff", nul]', "JSON Parse error: Invalid value. at offset: 9"),
        (b"[1,]trailing", "JSON Parse error: Invalid value. at offset: 3"),
        (b"[1e400]", "JSON Parse error: Number too big to be stored in double. at offset: 1"),
        (b"[" * 5000, "JSON Parse error: nested too deeply"),
    ],
)
def test_documents_that_cannot_be_read(body: bytes, error: str) -> None:
    with pytest.raises(StatusError) as caught:
        parse(body)
    assert caught.value.message == error


@pytest.mark.parametrize(
    ("value", "single", "double"),
    [
        (0.0, b"0.0", b"0.0"),
        (-0.0, b"-0.0", b"-0.0"),
        (1 / 3, b"0.333333343", b"0.33333333333333331"),
        (16777216.0, b"16777216.0", b"16777216.0"),
        (1e6, b"1e+06", b"1e+06"),
        (2.5, b"2.5", b"2.5"),
        (float("nan"), b"NaN", b"NaN"),
        (float("-inf"), b"-Infinity", b"-Infinity"),
    ],
)
def test_numbers_of_answers(value: float, single: bytes, double: bytes) -> None:
    (rounded,) = struct.unpack("f", struct.pack("f", value))
    assert decimal(rounded, single=True) == single
    assert decimal(value, single=False) == double


@given(st.floats(width=32, allow_nan=False, allow_subnormal=False))
def test_32_bit_numbers_survive(value: float) -> None:
    written = float(decimal(value, single=True).replace(b"Infinity", b"inf"))
    assert struct.pack("f", written) == struct.pack("f", value)


@given(st.floats(allow_nan=False, allow_subnormal=False))
def test_64_bit_numbers_survive(value: float) -> None:
    assert float(decimal(value, single=False).replace(b"Infinity", b"inf")) == value


def test_denormal_numbers_are_zero() -> None:
    assert decimal(1e-45, single=True) == b"0.0"
    assert decimal(-5e-324, single=False) == b"-0.0"
    assert describe(1e-310) == "0.0"
    assert decimal(2.0**-126, single=True) == b"1.17549435e-38"


def test_messages_end_at_a_number_that_is_none() -> None:
    assert describe(parse(b"[1, NaN, 2]")) == "[1, "
    assert describe(parse(b'{"a": {"b": Infinity}}')) == '{\n    "a": {\n        "b": '


def test_messages_show_arrays_on_one_line() -> None:
    document = parse(b'{"a": [1, [true, null]], "b": {}, "c": []}')
    assert describe(document) == ('{\n    "a": [1, [true, null]],\n    "b": {},\n    "c": []\n}')


def test_control_characters_are_escaped() -> None:
    assert string(b'a"\\\n\x01/\x7f\xff') == b'"a\\"\\\\\\n\\u0001/\x7f\xff"'


def test_arrays_may_change_their_style_on_the_way() -> None:
    writer = Writer()
    writer.open_array()
    writer.value(b"1")
    writer.single_line_arrays = True
    writer.open_array()
    writer.values([b"2", b"3"])
    writer.close()
    writer.single_line_arrays = False
    writer.close()
    assert writer.text() == b"[\n    1, [2, 3]\n]"


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("aGVsbG8.", b"hello"),
        ("aGVsbG8=", b"hello"),
        ("aGVsbG8", b"hello"),
        ("aGVs\nbG8=", b"hello"),
        ("", b""),
    ],
)
def test_base64(text: str, data: bytes) -> None:
    assert decode_base64(JsonObject((("b64", text),))) == data


@pytest.mark.parametrize("text", ["!!!", "_-__", "a", "aGVsbG8==", "=aaa"])
def test_base64_that_is_none(text: str) -> None:
    with pytest.raises(StatusError, match="Unable to base64 decode"):
        decode_base64(JsonObject((("b64", text),)))
