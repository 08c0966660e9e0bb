"""JSON requests as messages of the API.

Source: `tensorflow_serving/util/json_tensor.cc` (`FillPredictRequestFromJson`,
`FillClassifyRegressRequestFromJson`) and recordings of a TF Serving 2.20.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from servegate.embedded.json_document import Json, JsonObject, c_string, parse
from servegate.embedded.json_tensor import TensorBuilder, is_base64, tensor
from servegate.embedded.json_writer import describe
from servegate.embedded.status import StatusError, invalid_argument
from servegate.savedmodel.protos import TensorInfo, TensorProto

_INSTANCES = "instances"
_INPUTS = "inputs"
_BOTH = (
    f"Not formatted correctly expecting only one of '{_INPUTS}' or '{_INSTANCES}' keys to exist "
)

InputInfo = Mapping[str, TensorInfo]


class Format(Enum):
    """How a predict request was written, and so how it is answered."""

    ROW = auto()
    COLUMNAR = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictInputs:
    """A predict request, understood."""

    signature_name: str
    format: Format
    inputs: Mapping[str, TensorProto]


def parse_object(body: bytes) -> JsonObject:
    """The document of a request, which must be an object. Raises `StatusError`."""
    document = parse(body)
    if not isinstance(document, JsonObject):
        raise invalid_argument(f"JSON Value: {describe(document)} Is not object")
    return document


def signature_name(document: JsonObject) -> str:
    """The signature that a request asks for, empty for the default. Raises `StatusError`."""
    if not document.has("signature_name"):
        return ""
    name = document.get("signature_name")
    if not isinstance(name, str):
        raise invalid_argument(
            f"JSON Value: {describe(document)} not formatted correctly. "
            "'signature_name' key must be a string value."
        )
    return name


def predict_inputs(document: JsonObject, inputs_of: Callable[[str], InputInfo]) -> PredictInputs:
    """The tensors of a predict request; `inputs_of` names the inputs of a signature.

    Raises `StatusError`.
    """
    name = signature_name(document)
    info = inputs_of(name)
    if not info:
        raise invalid_argument(f"Failed to get input map for signature: {name or 'DEFAULT'}")
    if document.has(_INSTANCES):
        instances = _instances(document)
        return PredictInputs(
            signature_name=name, format=Format.ROW, inputs=_from_rows(instances, info)
        )
    if document.has(_INPUTS):
        columns = _from_columns(document.get(_INPUTS), info)
        return PredictInputs(signature_name=name, format=Format.COLUMNAR, inputs=columns)
    raise invalid_argument(f"Missing '{_INPUTS}' or '{_INSTANCES}' key")


def _instances(document: JsonObject) -> list[Json]:
    instances = document.get(_INSTANCES)
    problem = None
    if document.has(_INPUTS):
        problem = _BOTH
    elif not isinstance(instances, list):
        problem = f"Expecting '{_INSTANCES}' to be an list/array"
    elif not instances:
        problem = f"No values in '{_INSTANCES}' array"
    if problem or not isinstance(instances, list):
        raise invalid_argument(f"JSON Value: {describe(document)} {problem}")
    return instances


def _from_rows(instances: list[Json], info: InputInfo) -> Mapping[str, TensorProto]:
    """One value, or one object of values, for each row of the batch."""
    if not isinstance(instances[0], JsonObject) and len(info) > 1:
        raise invalid_argument(
            "instances is a plain list, but expecting list of objects as multiple "
            "input tensors required as per tensorinfo_map"
        )
    builders = {name: TensorBuilder(one.dtype) for name, one in info.items()}
    if _is_named(instances[0]):
        for number, element in enumerate(instances):
            _add_named(number, element, builders)
    else:
        # More than one only where the first row is base64: TF Serving then fills any one input.
        builders = dict(sorted(builders.items())[:1])
        for number, element in enumerate(instances):
            _add_plain(number, element, *builders.values())
    return {name: builder.batch(len(instances)) for name, builder in builders.items()}


def _is_named(element: Json) -> bool:
    return isinstance(element, JsonObject) and not is_base64(element)


def _add_named(number: int, element: Json, builders: Mapping[str, TensorBuilder]) -> None:
    if not isinstance(element, JsonObject) or is_base64(element):
        raise invalid_argument(f"Expecting object but got list at item {number} of input list")
    names = set()
    for key, value in element.members:
        name = c_string(key)
        names.add(name)
        where = f"{number} key: {name}"
        if name not in builders:
            unknown = f"JSON object: does not have named input: {name}"
            raise _element_error(where, invalid_argument(unknown))
        try:
            builders[name].add(value)
        except StatusError as error:
            raise _element_error(where, error) from error
    if names != set(builders):
        raise invalid_argument(
            f"Failed to process element: {number} of '{_INSTANCES}' list. JSON object: "
            f"{describe(element)} keys must be equal to: {','.join(sorted(builders))}"
        )


def _add_plain(number: int, element: Json, builder: TensorBuilder) -> None:
    if _is_named(element):
        raise invalid_argument(
            f"Expecting value/list but got object at item {number} of input list"
        )
    try:
        builder.add(element)
    except StatusError as error:
        raise _element_error(str(number), error) from error


def _element_error(where: str, error: StatusError) -> StatusError:
    return invalid_argument(
        f"Failed to process element: {where} of '{_INSTANCES}' list. Error: {error}"
    )


def _from_columns(value: Json, info: InputInfo) -> Mapping[str, TensorProto]:
    """Whole tensors: an object of them, or the only one."""
    if not _is_named(value):
        if len(info) > 1:
            raise invalid_argument(
                "inputs is a plain value/list, but expecting an object as multiple "
                "input tensors required as per tensorinfo_map"
            )
        return {name: tensor(value, one.dtype) for name, one in info.items()}
    columns = {}
    for name, one in sorted(info.items()):
        if not isinstance(value, JsonObject) or not value.has(name):
            raise invalid_argument(f"Missing named input: {name} in '{_INPUTS}' object.")
        columns[name] = tensor(value.get(name), one.dtype)
    return columns
