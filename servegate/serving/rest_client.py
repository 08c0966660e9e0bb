"""Asking a model server by REST."""

from __future__ import annotations

import json
from urllib.parse import quote

import requests

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.facts.serving import RequestRefused
from servegate.serving.grpc_client import NoAnswer
from servegate.tfserving.versions import Version

MAX_BYTES = 64 * 2**20
_CHUNK = 64 * 1024

# TF Serving's statuses as its REST API shows them; several share 400 and 500.
_CODES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class RestClient:
    """REST requests to one server; safe to use from several threads."""

    def __init__(self, host: str, port: int) -> None:
        self._root = f"http://{host}:{port}/v1/models"

    def version(self, model: str, deadline: Deadline) -> Version:
        """The version in the metadata of a model, asked without naming one.

        Raises `RequestRefused`, `NoAnswer` and the deadline's exceptions.
        """
        deadline.check()
        name = quote(model, safe="", errors="surrogateescape")
        body = _get(f"{self._root}/{name}/metadata", deadline)
        try:
            return Version(int(json.loads(body)["model_spec"]["version"]))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise NoAnswer("REST metadata names no version") from error


def _get(url: str, deadline: Deadline) -> bytes:
    timeout = deadline.remaining()
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy and no .netrc between the gate and its server
            with session.get(url, timeout=timeout, stream=True, allow_redirects=False) as answer:
                body = _body(answer, deadline)
    except DeadlineExceeded as error:
        raise NoAnswer(f"REST did not answer within {timeout:.3g} seconds") from error
    except requests.Timeout as error:
        raise NoAnswer(f"REST did not answer within {timeout:.3g} seconds") from error
    except (requests.RequestException, ValueError) as error:
        raise NoAnswer(f"REST failed ({type(error).__name__}: {error})") from error
    if answer.status_code != requests.codes.ok:
        code = _CODES.get(answer.status_code, "UNKNOWN")
        raise RequestRefused(code, body.decode("utf-8", "replace").strip())
    return body


def _body(answer: requests.Response, deadline: Deadline) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        deadline.check()
        if len(body) > MAX_BYTES:
            raise NoAnswer(f"REST answered with more than {MAX_BYTES} bytes")
    return bytes(body)
