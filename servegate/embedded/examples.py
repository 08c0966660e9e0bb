"""The methods that take `tf.Example`s: Classify, Regress and MultiInference.

Source: `classifier.cc`, `regressor.cc`, `multi_inference.cc` and `util.cc` in
`tensorflow_serving/servables/tensorflow/`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TypeAlias

from tensorflow_serving.apis.classification_pb2 import ClassificationResult
from tensorflow_serving.apis.inference_pb2 import InferenceTask, MultiInferenceRequest
from tensorflow_serving.apis.input_pb2 import Input
from tensorflow_serving.apis.regression_pb2 import RegressionResult

from servegate.embedded import metrics
from servegate.embedded.example_results import (
    CLASSES,
    OUTPUTS,
    SCORES,
    classification,
    regression,
)
from servegate.embedded.predict import (
    CLASSIFY_METHOD,
    DEFAULT_SIGNATURE,
    REGRESS_METHOD,
    RUNTIME,
    Terms,
)
from servegate.embedded.proto_text import debug_string
from servegate.embedded.session import Feed, Session
from servegate.embedded.status import Code, StatusError, invalid_argument
from servegate.savedmodel.protos import DataType, SignatureDef, TensorProto, TensorShapeProto

_INPUTS = "inputs"

Result: TypeAlias = ClassificationResult | RegressionResult


def classify(
    session: Session,
    signature_name: str,
    examples: Input,
    terms: Terms = Terms(),  # noqa: B008 - it is frozen
) -> ClassificationResult:
    """The classes and scores of each example. Raises `StatusError`."""
    signature = _named(session, signature_name)
    fed, fetched = _classification_tensors(signature, terms)
    values, count = _run(session, examples, fed, fetched, terms, api="Classify")
    return classification(signature, values, count)


def regress(
    session: Session,
    signature_name: str,
    examples: Input,
    terms: Terms = Terms(),  # noqa: B008 - it is frozen
) -> RegressionResult:
    """The value of each example. Raises `StatusError`."""
    signature = _named(session, signature_name)
    fed, fetched = _regression_tensors(signature, terms)
    values, count = _run(session, examples, fed, fetched, terms, api="Regress")
    return regression(signature, values, count)


def multi_inference(
    session: Session,
    request: MultiInferenceRequest,
    terms: Terms = Terms(),  # noqa: B008 - it is frozen
) -> list[Result]:
    """One result a task, all from one run of the graph. Raises `StatusError`."""
    fed = ""
    fetched: dict[str, None] = {}
    signatures: dict[str, SignatureDef] = {}
    for task in request.tasks:
        _check_task(task, request.tasks[0], signatures)
        key = task.model_spec.signature_name or DEFAULT_SIGNATURE
        signature = session.signatures.get(key)
        if signature is None:
            raise invalid_argument(f"Requested signature not found in model graph: {key}")
        signatures[key] = signature
        task_fed, task_fetched = _tensors_of(task, signature, terms)
        if fed not in {"", task_fed}:
            raise invalid_argument("Input tensor must be the same for all Signatures.")
        fed = task_fed
        fetched.update(dict.fromkeys(task_fetched))
    values, count = _run(session, request.input, fed, sorted(fetched), terms)
    return [
        classification(signature, values, count)
        if task.method_name == CLASSIFY_METHOD
        else regression(signature, values, count)
        for task, signature in zip(request.tasks, signatures.values(), strict=True)
    ]


def _check_task(
    task: InferenceTask, first: InferenceTask, before: Mapping[str, SignatureDef]
) -> None:
    key = task.model_spec.signature_name or DEFAULT_SIGNATURE
    if not task.model_spec.name:
        raise invalid_argument("Found ModelSpec with an empty model name.")
    if task.model_spec.name != first.model_spec.name:
        raise invalid_argument(
            "All ModelSpecs in a MultiInferenceRequest must access the same model name."
        )
    if key in before:
        raise invalid_argument(f"Duplicate evaluation of signature: {key}")


def _tensors_of(
    task: InferenceTask, signature: SignatureDef, terms: Terms
) -> tuple[str, list[str]]:
    if task.method_name == CLASSIFY_METHOD:
        return _classification_tensors(signature, terms)
    if task.method_name == REGRESS_METHOD:
        return _regression_tensors(signature, terms)
    raise StatusError(Code.UNIMPLEMENTED, f"Unsupported signature method_name: {task.method_name}")


def _named(session: Session, name: str) -> SignatureDef:
    key = name or DEFAULT_SIGNATURE
    if key not in session.signatures:
        raise invalid_argument(f"No signature was found with the name: {key}")
    return session.signatures[key]


def _check_method(signature: SignatureDef, kind: str, method: str, terms: Terms) -> None:
    if terms.method_name_check and signature.method_name != method:
        raise invalid_argument(
            f"Expected {kind} signature method_name to be {method}. Was: {signature.method_name}"
        )


def _classification_tensors(signature: SignatureDef, terms: Terms) -> tuple[str, list[str]]:
    """The tensor to feed and those to fetch."""
    _check_method(signature, "classification", CLASSIFY_METHOD, terms)
    if len(signature.inputs) != 1:
        raise invalid_argument("Expected one input Tensor.")
    if len(signature.outputs) not in {1, 2}:
        found = len(signature.outputs)
        raise invalid_argument(f"Expected one or two output Tensors, found {found}")
    if _INPUTS not in signature.inputs:
        raise _missing("No classification inputs found in SignatureDef: ", signature)
    fetched = [signature.outputs[one].name for one in (CLASSES, SCORES) if one in signature.outputs]
    if not fetched:
        raise _missing(
            "Expected classification signature outputs to contain at least one of "
            f'"{CLASSES}" or "{SCORES}". Signature was: ',
            signature,
        )
    return signature.inputs[_INPUTS].name, fetched


def _regression_tensors(signature: SignatureDef, terms: Terms) -> tuple[str, list[str]]:
    """The tensor to feed and the one to fetch."""
    _check_method(signature, "regression", REGRESS_METHOD, terms)
    if len(signature.inputs) != 1:
        raise invalid_argument("Expected one input Tensor.")
    if len(signature.outputs) != 1:
        raise invalid_argument("Expected one output Tensor.")
    if _INPUTS not in signature.inputs:
        raise _missing("No regression inputs found in SignatureDef: ", signature)
    if OUTPUTS not in signature.outputs:
        raise _missing("No regression outputs found in SignatureDef: ", signature)
    return signature.inputs[_INPUTS].name, [signature.outputs[OUTPUTS].name]


def _missing(text: str, signature: SignatureDef) -> StatusError:
    return invalid_argument(text + debug_string(signature))


def _run(
    session: Session,
    examples: Input,
    fed: str,
    fetched: list[str],
    terms: Terms,
    *,
    api: str = "",
) -> tuple[Mapping[str, TensorProto], int]:
    """The fetched values by tensor name, and the number of examples.

    `api` is the name under which the time is measured, empty where nobody does.
    """
    serialized = _serialized(examples)
    if not serialized:
        raise invalid_argument("Input is empty.")
    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=len(serialized))])
    value = TensorProto(dtype=DataType.DT_STRING, tensor_shape=shape, string_val=serialized)
    feed = Feed(tensor=fed, value=value, alias=_INPUTS)
    started = time.monotonic()
    values = session.run([feed], fetched, run_options=terms.run_options)
    if api:
        measured = metrics.microseconds(started)
        metrics.RUNTIME_LATENCY.add(terms.model, api, RUNTIME, value=measured)
    metrics.count_examples(terms.model, len(serialized))
    return dict(zip(fetched, values, strict=True)), len(serialized)


def _serialized(examples: Input) -> list[bytes]:
    """Each example as bytes. A context goes before each; parsers merge the two."""
    if examples.WhichOneof("kind") == "example_list_with_context":
        both = examples.example_list_with_context
        context = both.context.SerializeToString()
        return [context + one.SerializeToString() for one in both.examples]
    return [one.SerializeToString() for one in examples.example_list.examples]
