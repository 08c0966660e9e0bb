from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from google.protobuf import text_format

from servegate.savedmodel.protos import SignatureDef
from servegate.savedmodel.reader import read
from servegate.savedmodel.signatures import Encoding, Signature, read_signatures

TEXT = """
method_name: "tensorflow/serving/predict"
inputs { key: "b" value { name: "b:0" dtype: DT_FLOAT
  tensor_shape { dim { size: -1 } dim { size: 3 } } } }
inputs { key: "a" value { name: "a:0" dtype: DT_STRING tensor_shape { unknown_rank: true } } }
inputs { key: "c" value { name: "c:0" dtype: DT_INT64 } }
inputs { key: "s" value { dtype: DT_FLOAT tensor_shape { }
  coo_sparse { values_tensor_name: "v:0" indices_tensor_name: "i:0"
    dense_shape_tensor_name: "d:0" } } }
outputs { key: "r" value { dtype: DT_FLOAT
  composite_tensor { components { name: "flat:0" } components { name: "splits:0" } } } }
outputs { key: "y" value { name: "y:1" dtype: DT_FLOAT_REF tensor_shape { } } }
defaults { key: "c" value { dtype: DT_INT64 tensor_shape { } int64_val: 7 } }
"""


def signature() -> Signature:
    definition = text_format.Parse(TEXT, SignatureDef())
    return read_signatures({"serving_default": definition})[0]


def test_specs_are_sorted_and_complete() -> None:
    a, b, c, s = signature().inputs
    assert [one.name for one in (a, b, c, s)] == ["a", "b", "c", "s"]
    assert (a.dtype, a.shape, a.numpy_dtype) == ("string", None, np.dtype(object))
    assert (b.dtype, b.shape, b.tensor) == ("float32", (None, 3), "b:0")
    assert c.shape is None
    assert b.components == ("b:0",)


def test_tensors_that_are_not_dense() -> None:
    sparse = signature().input("s")
    ragged = signature().output("r")
    assert sparse is not None
    assert ragged is not None
    assert sparse.encoding is Encoding.SPARSE
    assert sparse.components == ("v:0", "i:0", "d:0")
    assert ragged.encoding is Encoding.COMPOSITE
    assert ragged.components == ("flat:0", "splits:0")


def test_references_and_defaults() -> None:
    found = signature()
    output = found.output("y")
    assert output is not None
    assert output.dtype == "float32_ref"
    assert output.numpy_dtype == np.dtype("<f4")
    assert output.shape == ()
    assert list(found.defaults) == ["c"]
    assert found.input("none") is None


def test_real_models_as_recorded(shared_models: Path) -> None:
    for entry in json.loads((shared_models / "index.json").read_text("utf-8")):
        model = read(shared_models / entry["name"] / entry["version"])
        for name, recorded in entry["signatures"].items():
            if name.startswith("__"):
                continue
            found = model.signature(name)
            assert found is not None
            assert found.method == recorded["method"]
            for specs, expected in (
                (found.inputs, recorded["inputs"]),
                (found.outputs, recorded["outputs"]),
            ):
                assert {
                    one.name: {
                        "dtype": one.dtype,
                        "shape": None
                        if one.shape is None
                        else [-1 if size is None else size for size in one.shape],
                        "tensor": one.tensor,
                    }
                    for one in specs
                } == expected
