"""JSON requests of the methods that take `tf.Example`s.

Source: `FillClassifyRegressRequestFromJson` in `tensorflow_serving/util/json_tensor.cc`.
"""

from __future__ import annotations

from tensorflow.core.example.feature_pb2 import Feature
from tensorflow_serving.apis.input_pb2 import Input

from servegate.embedded.denormals import flushed_single
from servegate.embedded.json_document import Json, JsonObject, c_string, to_bytes
from servegate.embedded.json_tensor import decode_base64, is_base64, json_type
from servegate.embedded.json_writer import describe
from servegate.embedded.status import invalid_argument
from servegate.savedmodel.protos import Example

_EXAMPLES = "examples"
_CONTEXT = "context"
_KINDS = {"bytes_list": "bytes", "float_list": "float", "int64_list": "int64"}
_INT64_MAX = 2**63 - 1


def examples_of(document: JsonObject) -> Input:
    """The examples of a request, with the context that belongs to each. Raises `StatusError`."""
    result = Input()
    if document.has(_CONTEXT):
        context = _example(document.get(_CONTEXT))
        result.example_list_with_context.context.CopyFrom(context)
        result.example_list_with_context.examples.extend(map(_example, _list(document)))
    else:
        result.example_list.examples.extend(map(_example, _list(document)))
    return result


def _list(document: JsonObject) -> list[Json]:
    examples = document.get(_EXAMPLES)
    if isinstance(examples, list) and examples:
        return examples
    # TF Serving says "classify" here whatever the method is.
    problem = f"When method is classify, key '{_EXAMPLES}' is expected and was not found"
    if document.has(_EXAMPLES):
        problem = f"Expecting '{_EXAMPLES}' value to be an list/array"
    if isinstance(examples, list):
        problem = f"'{_EXAMPLES}' value is an empty array"
    raise invalid_argument(f"JSON Value: {describe(document)} {problem}")


def _example(value: Json) -> Example:
    if not isinstance(value, JsonObject):
        raise invalid_argument(f"Example must be JSON object but got JSON {json_type(value)}")
    example = Example()
    for key, content in value.members:
        name = c_string(key)
        # No model has a feature whose name is not UTF-8, so another such name does as well.
        stored = to_bytes(name).decode("utf-8", "replace")
        # A repeated name replaces what stood before.
        example.features.feature.pop(stored, None)
        feature = example.features.feature[stored]
        for element in content if isinstance(content, list) else [content]:
            _add(name, feature, element)
    return example


def _add(name: str, feature: Feature, element: Json) -> None:
    kind = _kind(name, element)
    known = feature.WhichOneof("kind")
    if known not in {None, kind}:
        raise invalid_argument(
            f"Unexpected element type in feature: {name} expecting type: {_KINDS[known]}"
        )
    getattr(feature, kind).value.append(_value(name, element))


def _kind(name: str, element: Json) -> str:
    """The kind of list that a value belongs to."""
    match element:
        case bool() | int():
            return "int64_list"
        case float():
            return "float_list"
        case str():
            return "bytes_list"
        case JsonObject() if is_base64(element):
            return "bytes_list"
        case _:
            raise invalid_argument(
                f"Feature: {name} has element with unexpected JSON type: {json_type(element)}"
            )


def _value(name: str, element: Json) -> bytes | float:
    """A value as it is stored in its list."""
    match element:
        case int() if element > _INT64_MAX:
            raise invalid_argument(f"Feature: {name} has uint64 element. Only int64 is supported.")
        case int():
            return int(element)
        case float():
            return flushed_single(element)
        case str():
            return to_bytes(element)
        case _:
            return decode_base64(element)
