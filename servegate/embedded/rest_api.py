"""What the REST API answers, without HTTP: method, path and body in, status and body out.

Source: `tensorflow_serving/model_servers/http_rest_api_handler.cc`, `get_model_metadata_impl.cc`
and recordings of a TF Serving 2.20.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

from servegate.embedded import metrics
from servegate.embedded.answers import SIGNATURE_DEF, model_spec, model_status, signature_map
from servegate.embedded.core import Core, Wanted
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
from servegate.tfserving.versions import INT64_MAX, Version

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a path says; all is empty where it says nothing that is understood."""

    understood: bool = False
    name: str = ""
    version: str = ""
    label: str | None = None
    verb: str = ""
    is_metadata: bool = False


class RestApi:
    """Answers requests below `/v1/`; safe to use from several threads."""

    def __init__(self, core: Core, terms: Terms) -> None:
        self._core = core
        self._terms = terms
        self._methods: Mapping[str, Callable[[Wanted, bytes], bytes]] = {
            "predict": self._predict,
            "classify": self._classify,
            "regress": self._regress,
        }

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """The answer to a request. The path is as it was sent, with its query; never raises."""
        started, asked, code = time.monotonic(), _read(method, path), Code.OK
        try:
            found = self._result(asked, f"{method} {path}", body)
        except _BadVersion:
            code, found = Code.INVALID_ARGUMENT, b""
        except Exception as error:  # noqa: BLE001 - no request may harm the server
            status = from_exception(error)
            code, found = status.code, failure(status)
        if code is Code.OK:
            elapsed = metrics.microseconds(started)
            metrics.REQUEST_LATENCY.add(asked.name, asked.verb, "REST", value=elapsed)
        metrics.REQUESTS.add(asked.name, code.name)
        return Answer(status=HTTP_STATUS[code], body=found)

    def _result(self, asked: _Asked, request: str, body: bytes) -> bytes:
        # Only the names that come before a verb may be written in capitals.
        if not asked.understood or (asked.verb and asked.verb not in self._methods):
            raise invalid_argument(f"Malformed request: {request}")
        wanted = Wanted(model=asked.name, version=_version(asked), label=asked.label)
        if asked.verb:
            return self._methods[asked.verb](wanted, body)
        if not asked.name:
            raise invalid_argument("Missing model name in request.")
        if asked.is_metadata:
            return self._metadata(wanted)
        return to_json(model_status(self._core.states(wanted))).encode()

    def _metadata(self, wanted: Wanted) -> bytes:
        with self._core.borrow(wanted) as servable:
            described = to_json(model_spec(servable))
            signatures = to_json(signature_map(servable))
        # TF Serving glues this one together by hand.
        return (
            f'{{\n"model_spec":{described},\n"metadata": {{"{SIGNATURE_DEF}": {signatures}}}\n}}\n'
        ).encode()

    def _predict(self, wanted: Wanted, body: bytes) -> bytes:
        document = parse_object(body)
        signature_name(document)  # a signature that is no text comes before an unknown model
        with self._core.borrow(wanted) as servable:
            session = servable.session

            def inputs_of(name: str) -> Mapping[str, TensorInfo]:
                key = name or DEFAULT_SIGNATURE
                if key not in session.signatures:
                    raise invalid_argument(
                        f'Serving signature name: "{key}" not found in signature def'
                    )
                return session.signatures[key].inputs

            asked = predict_inputs(document, inputs_of)
            terms = self._terms_of(wanted)
            outputs = predict(session, asked.signature_name, asked.inputs, terms=terms)
        return predictions(outputs, asked.format)

    def _classify(self, wanted: Wanted, body: bytes) -> bytes:
        document = parse_object(body)
        name, examples = signature_name(document), examples_of(document)
        with self._core.borrow(wanted) as servable:
            terms = self._terms_of(wanted)
            return classifications(classify(servable.session, name, examples, terms))

    def _regress(self, wanted: Wanted, body: bytes) -> bytes:
        document = parse_object(body)
        name, examples = signature_name(document), examples_of(document)
        with self._core.borrow(wanted) as servable:
            terms = self._terms_of(wanted)
            return regressions(regress(servable.session, name, examples, terms))

    def _terms_of(self, wanted: Wanted) -> Terms:
        return replace(self._terms, model=wanted.model)


class _BadVersion(Exception):
    """A version over int64: TF Serving answers 400 without a body."""


def _read(method: str, path: str) -> _Asked:
    pattern = {"POST": _ASK, "GET": _LOOK}.get(method)
    match = pattern.match(path) if pattern else None
    if match is None:
        return _Asked()
    found = match.groupdict()
    label = found["label"]
    return _Asked(
        understood=True,
        name=_unescaped(found["name"] or ""),
        version=found["version"] or "",
        label=None if label is None else _unescaped(label),
        verb=found.get("method") or "",
        is_metadata=found.get("part") == "metadata",
    )


def _unescaped(text: str) -> str:
    """A part of a path; what is not UTF-8 in it becomes lone surrogates."""
    return unquote(text, errors="surrogateescape")


def _version(asked: _Asked) -> Version | None:
    """The version in the path, None without one. Raises `_BadVersion`."""
    if not asked.version:
        return None
    digits = asked.version.lstrip("0") or "0"
    if len(digits) > len(str(INT64_MAX)) or int(digits) > INT64_MAX:
        raise _BadVersion
    return Version(int(digits))
