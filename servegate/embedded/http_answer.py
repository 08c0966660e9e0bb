"""HTTP answers as libevent writes them.

Source: `evhttp_make_header_response`, `evhttp_send_page` and `evhttp_send_error` in `http.c` of
libevent 2.1.12. The order of the headers is theirs too.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate

from servegate.embedded.http_request import Request, Version

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_DEFAULT_TYPE = "text/html; charset=ISO-8859-1"
_BODILESS = frozenset({"HEAD", "CONNECT"})

# What libevent calls the codes that TF Serving and itself answer with.
_PHRASES = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    417: "Expectation Failed",
    429: "Client Error",
    499: "Client Error",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    504: "Gateway Time-out",
}


def answer(request: Request, status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """The answer to a request. One to HEAD has a body all the same, and nothing that says so."""
    return _written(request, request.version, status, dict(headers), body)


def page(request: Request, status: int) -> bytes:
    """The page with which libevent refuses a request."""
    phrase = _PHRASES[status]
    title = f"<TITLE>{status} {phrase}</TITLE>"
    text = f"<HTML><HEAD>\n{title}\n</HEAD><BODY>\n<H1>{phrase}</H1>\n</BODY></HTML>\n"
    # A version with a zero in it counts as one that was not read.
    version = request.version if all(request.version) else (1, 1)
    lines = {"Content-Type": "text/html", "Connection": "close"}
    return _written(request, version, status, lines, text.encode())


def _written(
    request: Request, version: Version, status: int, lines: dict[str, str], body: bytes
) -> bytes:
    major, minor = version
    if major == 1 and minor >= 1:
        lines["Date"] = formatdate(usegmt=True)
    if major == 1 and not minor and request.asks_to_stay:
        lines["Connection"] = "keep-alive"
    if request.method not in _BODILESS:
        if major == 1 and (minor >= 1 or request.asks_to_stay):
            lines["Content-Length"] = str(len(body))
        lines.setdefault("Content-Type", _DEFAULT_TYPE)
    if request.asks_to_close:
        lines.pop("Connection", None)
        if not request.target.is_foreign:
            lines["Connection"] = "close"
    head = [f"HTTP/{major}.{minor} {status} {_PHRASES[status]}"]
    head += [f"{name}: {value}" for name, value in lines.items()]
    return "\r\n".join([*head, "\r\n"]).encode("latin-1") + body
