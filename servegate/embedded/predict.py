"""The Predict method, as REST, gRPC and the warm-up use it.

Source: `tensorflow_serving/servables/tensorflow/predict_util.cc` and
`tensorflow/cc/saved_model/util.cc` (`GetInputValues`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from servegate.embedded import metrics
from servegate.embedded.session import Feed, Session
from servegate.embedded.status import Code, StatusError, invalid_argument
from servegate.savedmodel.protos import SignatureDef, TensorProto

DEFAULT_SIGNATURE = "serving_default"

RUNTIME = "TF1"
"""What metrics call a session, of whatever model."""

PREDICT_METHOD = "tensorflow/serving/predict"
CLASSIFY_METHOD = "tensorflow/serving/classify"
REGRESS_METHOD = "tensorflow/serving/regress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms a request is run.

    `model` is the name by which it was asked, for the metrics. `method_name_check`: a signature is
    asked only by the method it names. `run_options`: a serialized `RunOptions`.
    """

    model: str = ""
    method_name_check: bool = False
    run_options: bytes = b""


def predict(
    session: Session,
    signature_name: str,
    inputs: Mapping[str, TensorProto],
    output_filter: Sequence[str] = (),
    terms: Terms = Terms(),
) -> Mapping[str, TensorProto]:
    """The outputs of a signature by name. Raises `StatusError`."""
    key = signature_name or DEFAULT_SIGNATURE
    signature = session.signatures.get(key)
    if signature is None:
        raise StatusError(Code.FAILED_PRECONDITION, f'Serving signature key "{key}" not found.')
    _check_method(signature, terms)
    _check_count(signature, inputs)
    feeds = tuple(_feeds(signature, inputs))
    aliases = _wanted(signature, output_filter)
    fetches = [signature.outputs[alias].name for alias in aliases]
    started = time.monotonic()
    values = session.run(feeds, fetches, run_options=terms.run_options)
    measured = metrics.microseconds(started)
    metrics.RUNTIME_LATENCY.add(terms.model, "Predict", RUNTIME, value=measured)
    return dict(zip(aliases, values, strict=True))


def _check_method(signature: SignatureDef, terms: Terms) -> None:
    known = (PREDICT_METHOD, CLASSIFY_METHOD, REGRESS_METHOD)
    if terms.method_name_check and signature.method_name not in known:
        raise StatusError(
            Code.INTERNAL,
            "Expected prediction signature method_name to be one of "
            f"{{{', '.join(known)}}}. Was: {signature.method_name}",
        )


def _check_count(signature: SignatureDef, inputs: Mapping[str, TensorProto]) -> None:
    """Only the number is compared; inputs with a default may be left out."""
    too_few = len(inputs) < len(signature.inputs) and not signature.defaults
    if len(inputs) <= len(signature.inputs) and not too_few:
        return
    sent, expected = set(inputs), set(signature.inputs)
    raise invalid_argument(
        f"input size does not match signature: {len(sent)}!={len(expected)} "
        f"len({_braces(sent)}) != len({_braces(expected)}). "
        f"Sent extra: {_braces(sent - expected)}. "
        f"Missing but required: {_braces(expected - sent)}."
    )


def _feeds(signature: SignatureDef, inputs: Mapping[str, TensorProto]) -> Iterator[Feed]:
    for alias, info in sorted(signature.inputs.items()):
        if alias in inputs:
            yield Feed(tensor=info.name, value=inputs[alias], alias=alias)
        elif alias in signature.defaults:
            yield Feed(tensor=info.name, value=signature.defaults[alias], alias=alias)
        else:
            raise invalid_argument(
                f"Signature input alias: {alias}(feed name: {info.name}) not found in request "
                "and no default value provided. Inputs expected to be in the request "
                f"{_braces(inputs)}, or default input alias set: "
                f"{','.join(sorted(signature.defaults))}"
            )


def _wanted(signature: SignatureDef, output_filter: Sequence[str]) -> list[str]:
    seen: list[str] = []
    for alias in output_filter:
        if alias not in signature.outputs:
            raise invalid_argument(
                f"output tensor alias not found in signature: {alias} Outputs expected to be in "
                f"the set {_braces(signature.outputs)}."
            )
        if alias in seen:
            raise invalid_argument(f"duplicate output tensor alias: {alias}")
        seen.append(alias)
    return seen or sorted(signature.outputs)


def _braces(names: Iterable[str]) -> str:
    return f"{{{','.join(sorted(names))}}}"
