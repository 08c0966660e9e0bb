"""What the REST API answers, without HTTP: method, path and body in, status and body out.

Source: `tensorflow_serving/model_servers/http_rest_api_handler.cc`, `get_model_metadata_impl.cc`
and recordings of a TF Serving 2.20.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from tensorflow_serving.apis.model_pb2 import ModelSpec

from servegate.embedded.answers import SIGNATURE_DEF, model_spec, model_status, signature_map
from servegate.embedded.core import Core
from servegate.embedded.examples import classify, regress
from servegate.embedded.json_examples import examples_of
from servegate.embedded.json_request import parse_object, predict_inputs, signature_name
from servegate.embedded.json_response import (
    classifications,
    failure,
    predictions,
    regressions,
)
from servegate.embedded.predict import DEFAULT_SIGNATURE, Terms, predict
from servegate.embedded.proto_text import to_json
from servegate.embedded.status import (
    HTTP_STATUS,
    Code,
    from_exception,
    invalid_argument,
)
from servegate.savedmodel.protos import TensorInfo
from servegate.tfserving.versions import INT64_MAX

_WHICH = r"(?:/versions/(?P<version>[0-9]+)|/labels/(?P<label>[^/:]+))?"
_ASK = re.compile(
    rf"/v1/models/(?P<name>[^/:]+){_WHICH}:(?P<method>classify|regress|predict)\Z", re.IGNORECASE
)
_LOOK = re.compile(
    rf"/v1/models(?:/(?P<name>[^/:]+))?{_WHICH}(?:/(?P<part>metadata))?\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP status and a body of JSON."""

    status: int
    body: bytes


class RestApi:
    """Answers requests below `/v1/`; safe to use from several threads."""

    def __init__(self, core: Core, terms: Terms) -> None:
        self._core = core
        self._terms = terms
        self._methods: Mapping[str, Callable[[ModelSpec, bytes], bytes]] = {
            "predict": self._predict,
            "classify": self._classify,
            "regress": self._regress,
        }

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """The answer to a request. The path is as it was sent, with its query; never raises."""
        try:
            return Answer(status=HTTP_STATUS[Code.OK], body=self._result(method, path, body))
        except _BadVersion:
            return Answer(status=HTTP_STATUS[Code.INVALID_ARGUMENT], body=b"")
        except Exception as error:  # noqa: BLE001 - no request may harm the server
            status = from_exception(error)
            return Answer(status=HTTP_STATUS[status.code], body=failure(status))

    def _result(self, method: str, path: str, body: bytes) -> bytes:
        asked = _ASK.match(path) if method == "POST" else None
        if asked:
            spec = _spec(asked)
            # Only the names that come before it may be written in capitals.
            if asked["method"] in self._methods:
                return self._methods[asked["method"]](spec, body)
        looked = _LOOK.match(path) if method == "GET" else None
        if looked:
            return self._look(_spec(looked), looked["part"])
        raise invalid_argument(f"Malformed request: {method} {path}")

    def _look(self, spec: ModelSpec, part: str | None) -> bytes:
        if not spec.name:
            raise invalid_argument("Missing model name in request.")
        if part == "metadata":
            return self._metadata(spec)
        return to_json(model_status(self._core.states(spec))).encode()

    def _metadata(self, spec: ModelSpec) -> bytes:
        with self._core.borrow(spec) as servable:
            described = to_json(model_spec(servable))
            signatures = to_json(signature_map(servable))
        # TF Serving glues this one together by hand.
        return (
            f'{{\n"model_spec":{described},\n"metadata": {{"{SIGNATURE_DEF}": {signatures}}}\n}}\n'
        ).encode()

    def _predict(self, spec: ModelSpec, body: bytes) -> bytes:
        document = parse_object(body)
        signature_name(document)  # a signature that is no text comes before an unknown model
        with self._core.borrow(spec) as servable:
            session = servable.session

            def inputs_of(name: str) -> Mapping[str, TensorInfo]:
                key = name or DEFAULT_SIGNATURE
                if key not in session.signatures:
                    raise invalid_argument(
                        f'Serving signature name: "{key}" not found in signature def'
                    )
                return session.signatures[key].inputs

            asked = predict_inputs(document, inputs_of)
            outputs = predict(session, asked.signature_name, asked.inputs, terms=self._terms)
        return predictions(outputs, asked.format)

    def _classify(self, spec: ModelSpec, body: bytes) -> bytes:
        document = parse_object(body)
        name, examples = signature_name(document), examples_of(document)
        with self._core.borrow(spec) as servable:
            return classifications(classify(servable.session, name, examples, self._terms))

    def _regress(self, spec: ModelSpec, body: bytes) -> bytes:
        document = parse_object(body)
        name, examples = signature_name(document), examples_of(document)
        with self._core.borrow(spec) as servable:
            return regressions(regress(servable.session, name, examples, self._terms))


class _BadVersion(Exception):
    """A version over int64: TF Serving answers 400 without a body."""


def _spec(match: re.Match[str]) -> ModelSpec:
    spec = ModelSpec(name=unquote(match["name"] or "", errors="replace"))
    if match["version"]:
        if len(match["version"].lstrip("0")) > len(str(INT64_MAX)):
            raise _BadVersion
        version = int(match["version"])
        if version > INT64_MAX:
            raise _BadVersion
        spec.version.value = version
    elif match["label"]:
        spec.version_label = unquote(match["label"], errors="replace")
    return spec
