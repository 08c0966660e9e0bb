"""Messages as C++ writes them."""

from __future__ import annotations

import json

import pytest

from servegate.embedded.proto_text import debug_string, shortest, to_json
from servegate.savedmodel.protos import DataType, SignatureDef, TensorProto

# isort: split
from tensorflow_serving.apis.model_pb2 import ModelSpec


def signature() -> SignatureDef:
    found = SignatureDef(method_name="<é>")
    found.inputs["x"].name = "x:0"
    found.defaults["x"].CopyFrom(
        TensorProto(dtype=DataType.DT_FLOAT, float_val=[0, 0.1, 1.2345678], tensor_content=b"\xff")
    )
    return found


def test_json_is_indented_by_one_and_names_what_is_empty() -> None:
    spec = ModelSpec(name="m")
    spec.version.value = 2**60
    assert to_json(spec) == (
        f'{{\n "name": "m",\n "version": "{2**60}",\n "signature_name": ""\n}}\n'
    )


def test_json_of_a_signature() -> None:
    text = to_json(signature())
    assert '"method_name": "\\u003cé\\u003e"' in text
    document = json.loads(text, parse_float=str)
    assert document["outputs"] == {}
    default = document["defaults"]["x"]
    assert default["dtype"] == "DT_FLOAT"
    assert default["float_val"] == [0, "0.1", "1.23456776"]
    assert (default["tensor_content"], default["int_val"]) == ("/w==", [])
    assert "tensor_shape" not in default


def test_text_has_the_same_digits() -> None:
    text = debug_string(signature())
    assert "    float_val: 0\n    float_val: 0.1\n    float_val: 1.23456776\n" in text


@pytest.mark.parametrize(
    ("value", "single", "text"),
    [
        (0.1, False, "0.1"),
        (1 / 3, False, "0.33333333333333331"),
        (1 / 3, True, "0.333333343"),
        (1e20, True, "1e+20"),
        (float("-inf"), True, "-inf"),
    ],
)
def test_digits(value: float, *, single: bool, text: str) -> None:
    assert shortest(value, single=single) == text
