"""Requests that nobody would send, near enough to real ones to be read, for the embedded server."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from hypothesis import strategies as st

from servegate.savedmodel.protos import Example, TensorProto
from tests.support.tinymodels import data_type

# isort: split
from tensorflow_serving.apis.classification_pb2 import ClassificationRequest
from tensorflow_serving.apis.get_model_metadata_pb2 import GetModelMetadataRequest
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest
from tensorflow_serving.apis.inference_pb2 import MultiInferenceRequest
from tensorflow_serving.apis.input_pb2 import Input
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.regression_pb2 import RegressionRequest

MODELS = ("line", "words", "sizes", "nobody", "", "li ne", "line%00")
INPUTS = ("x", "y", "words", "examples", "inputs", "")
SIGNATURES = ("serving_default", "classify", "regress", "nothing", "")
VERBS = (":predict", ":classify", ":regress", "/metadata", "", ":explain", ":predict/", "?")
METHODS = ("POST", "POST", "POST", "GET", "PUT", "DELETE", "HEAD", "PATCH")

_NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from([0, -0.0, 1e400, 1e-320, 2**31, 2**63, float("nan")]),
)
_TEXTS = st.one_of(st.text(max_size=8), st.sampled_from(["\x00", "\ud83d\ude00", "é", "NaN"]))
_BYTES = st.binary(max_size=8)
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    _NUMBERS,
    _TEXTS,
    _BYTES.map(lambda data: {"b64": base64.b64encode(data).decode()}),
    _TEXTS.map(lambda text: {"b64": text}),
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(INPUTS) | _TEXTS, inner, max_size=3),
    ),
    max_leaves=12,
)
_ROWS = st.lists(st.one_of(_NUMBERS, st.lists(_NUMBERS, max_size=3), _VALUES), max_size=5)
_KEYS = ("instances", "inputs", "signature_name", "examples", "context", "more")
_DOCUMENTS = st.one_of(
    st.dictionaries(
        st.sampled_from(_KEYS),
        st.one_of(_ROWS, _VALUES, st.sampled_from(SIGNATURES)),
        max_size=3,
    ),
    _ROWS.map(lambda rows: {"instances": rows}),
    _VALUES.map(lambda value: {"inputs": value}),
    _VALUES,
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """JSON that is nearly right, as it is or damaged, or no JSON at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=64))
    text = bytearray(json.dumps(draw(_DOCUMENTS)).encode())
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        place = draw(st.integers(0, len(text)))
        cut = draw(st.sampled_from([0, 1, 1, 5, len(text)]))
        text[place : place + cut] = draw(st.binary(max_size=3) | st.sampled_from(_SNIPPETS))
    return bytes(text)


_SNIPPETS = (b",", b"]", b"}", b'"', b"1e", b"-", b"\\u", b"\xff", b"[" * 300, b"/*")


@st.composite
def targets(draw: st.DrawFn) -> str:
    """The path of a REST request below `/v1/models`."""
    choose = st.sampled_from
    version = draw(choose(["", "", "", "/versions/1", "/versions/-1", "/versions/9" + "9" * 20,
                           "/versions/x", "/labels/stable", "/labels/", "/versions/"]))  # fmt: skip
    return f"/v1/models/{draw(choose(MODELS))}{version}{draw(choose(VERBS))}".replace(" ", "%20")


_SHAPES = st.lists(st.sampled_from([0, 1, 2, 3, -1, 2**31, 2**40, 2**62]), max_size=4)
_DTYPES = ("float32", "float64", "int32", "int64", "string", "bool", "uint8", "complex64")


@st.composite
def _tensors(draw: st.DrawFn) -> TensorProto:
    tensor = TensorProto(dtype=draw(st.sampled_from([data_type(one) for one in _DTYPES])))
    for size in draw(_SHAPES):
        tensor.tensor_shape.dim.add(size=size)
    tensor.tensor_shape.unknown_rank = draw(st.integers(0, 19)) == 0
    tensor.tensor_content = draw(st.one_of(st.just(b""), st.binary(max_size=16)))
    tensor.float_val.extend(draw(st.lists(st.floats(width=32), max_size=3)))
    tensor.int64_val.extend(draw(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=3)))
    tensor.string_val.extend(draw(st.lists(_BYTES, max_size=3)))
    return tensor


@st.composite
def _specs(draw: st.DrawFn) -> ModelSpec:
    spec = ModelSpec(name=draw(st.sampled_from(MODELS)))
    spec.signature_name = draw(st.sampled_from(SIGNATURES))
    which = draw(st.integers(0, 5))
    if which == 0:
        spec.version.value = draw(st.integers(-(2**63), 2**63 - 1))
    elif which == 1:
        spec.version_label = draw(st.sampled_from(["stable", "", "\x00"]))
    return spec


@st.composite
def _inputs(draw: st.DrawFn) -> Input:
    held = Input()
    for _ in range(draw(st.integers(0, 3))):
        example = held.example_list.examples.add()
        feature = example.features.feature[draw(st.sampled_from(INPUTS))]
        feature.float_list.value.extend(draw(st.lists(st.floats(width=32), max_size=3)))
    if draw(st.booleans()):
        context = Example()
        held.example_list_with_context.context.CopyFrom(context)
    return held


@st.composite
def _predictions(draw: st.DrawFn) -> PredictRequest:
    names = st.sampled_from(INPUTS)
    inputs: Mapping[str, TensorProto] = draw(st.dictionaries(names, _tensors(), max_size=3))
    wanted = draw(st.lists(st.sampled_from(INPUTS), max_size=2))
    return PredictRequest(model_spec=draw(_specs()), inputs=inputs, output_filter=wanted)


@st.composite
def _inferences(draw: st.DrawFn) -> MultiInferenceRequest:
    request = MultiInferenceRequest(input=draw(_inputs()))
    for _ in range(draw(st.integers(0, 3))):
        method = draw(st.sampled_from(["tensorflow/serving/classify", "predict", ""]))
        request.tasks.add(model_spec=draw(_specs()), method_name=method)
    return request


CALLS = {
    "/tensorflow.serving.PredictionService/Predict": _predictions(),
    "/tensorflow.serving.PredictionService/Classify": st.builds(
        ClassificationRequest, model_spec=_specs(), input=_inputs()
    ),
    "/tensorflow.serving.PredictionService/Regress": st.builds(
        RegressionRequest, model_spec=_specs(), input=_inputs()
    ),
    "/tensorflow.serving.PredictionService/MultiInference": _inferences(),
    "/tensorflow.serving.PredictionService/GetModelMetadata": st.builds(
        GetModelMetadataRequest,
        model_spec=_specs(),
        metadata_field=st.lists(st.sampled_from(["signature_def", "", "x"]), max_size=2),
    ),
    "/tensorflow.serving.ModelService/GetModelStatus": st.builds(
        GetModelStatusRequest, model_spec=_specs()
    ),
}
"""The methods, and requests for each."""


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, bytes]:
    """A method, and a request for it; some are no message at all."""
    method = draw(st.sampled_from(sorted(CALLS)))
    if draw(st.integers(0, 9)) == 0:
        return method, draw(st.binary(max_size=64))
    return method, draw(CALLS[method]).SerializeToString()
