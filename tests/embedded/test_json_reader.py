"""What RapidJSON 1.1.0 says to texts, as that release said it."""

from __future__ import annotations

import math

import pytest

from servegate.embedded.json_document import JsonObject
from servegate.embedded.json_number import ParseError
from servegate.embedded.json_reader import Reader

REFUSED = [
    (b"  ", "The document is empty. at offset: 2"),
    (b"tru", "Invalid value. at offset: 3"),
    (b'{"a":nul}', "Invalid value. at offset: 8"),
    (b'{"a":Infinit}', "Invalid value. at offset: 12"),
    (b'{"a":Nan}', "Invalid value. at offset: 7"),
    (b"[-]", "Invalid value. at offset: 2"),
    (b"[.5]", "Invalid value. at offset: 1"),
    (b"[1,\0]", "Invalid value. at offset: 3"),
    (b"[01]", "Missing a comma or ']' after an array element. at offset: 2"),
    (b"[1 2]", "Missing a comma or ']' after an array element. at offset: 3"),
    (b"{a:1}", "Missing a name for object member. at offset: 1"),
    (b'{"a" 1}', "Missing a colon after a name of object member. at offset: 5"),
    (b'{"a":1 "b":2}', "Missing a comma or '}' after an object member. at offset: 7"),
    (b'{"a":"x', "Missing a closing quotation mark in string. at offset: 7"),
    (b'{"a":"x\ty"}', "Invalid escape character in string. at offset: 7"),
    (b'{"a":"\\q"}', "Invalid escape character in string. at offset: 6"),
    (b'{"a":"\\u12g4"}', "Incorrect hex digit after \\u escape in string. at offset: 6"),
    (b'{"a":"\\ud83d"}', "The surrogate pair in string is invalid. at offset: 6"),
    (b'["\\ud83d\\u0041"]', "The surrogate pair in string is invalid. at offset: 2"),
    (b'{"a":1.}', "Miss fraction part in number. at offset: 7"),
    (b'{"a":1e}', "Miss exponent in number. at offset: 7"),
    (b"[1e309]", "Number too big to be stored in double. at offset: 1"),
    (b"[" + b"9" * 5000 + b"]", "Number too big to be stored in double. at offset: 1"),
    (b"[1e" + b"9" * 5000 + b"]", "Number too big to be stored in double. at offset: 1"),
    (b"\xef\xbb\xbf[1,]", "Invalid value. at offset: 6"),
]

READ = [
    (b"[-0, -0.0, 0]", [0, -0.0, 0]),
    (b"[18446744073709551615, 18446744073709551616]", [2**64 - 1, 2.0**64]),
    (b"[-9223372036854775808, -9223372036854775809]", [-(2**63), -(2.0**63)]),
    (b"[10000000000000000000000000000000000000000]", [9.999999999999998e39]),
    (b"[1.8e308, NInf, NaNe5, Infinity.5]", [math.inf, math.inf, 0.0, 0.5]),
    (b"[1e-400, 5e-324, 1e-" + b"0" * 5000 + b"5]", [0.0, 5e-324, 1e-5]),
    (b"[" + b"0." + b"3" * 5000 + b"]", [0.3333333333333333]),
    (b'["\\udc00", "\xff"]', ["\udced\udcb0\udc80", "\udcff"]),
    (b'["\\ud83d\\ude00\\n\\/\\u0000"]', ["\U0001f600\n/\0"]),
    (b'{"a":{},"a":[]} and more', JsonObject((("a", JsonObject(())), ("a", [])))),
    (b"\xbf null", None),
]


@pytest.mark.parametrize(("text", "error"), REFUSED)
def test_texts_that_are_refused(text: bytes, error: str) -> None:
    with pytest.raises(ParseError) as caught:
        Reader(text, JsonObject).document()
    assert str(caught.value) == error


@pytest.mark.parametrize(("text", "document"), READ)
def test_texts_that_are_read(text: bytes, document: object) -> None:
    found = Reader(text, JsonObject).document()
    assert repr(found) == repr(document)
