"""HTTP requests as libevent reads them off a connection.

Source: `http.c` of libevent 2.1.12 (`evhttp_parse_request_line`, `evhttp_parse_headers_`,
`evhttp_get_body`, `evhttp_handle_chunked_read`) and what that release answers. It takes a bare
line feed for the end of a line, wants no `Host`, and answers in its own way what other servers
repair or refuse; so no library reads requests as it does.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeAlias

from servegate.embedded.http_uri import NO_TARGET, Target, read_target

_VERSION = re.compile(r"HTTP/\s*([+-]?[0-9]{1,9})\.\s*([+-]?[0-9]{1,9})\Z")
_LENGTH = re.compile(r"\s*([+-]?)0*([0-9]+)\Z")
_MAX_LENGTH = 2**63 - 1
_CHUNK_SIZE = re.compile(r"\s*\+?((?:0[xX])?[0-9A-Fa-f]+)(?: |\Z)")
_BROKEN_VALUE = re.compile(r"\r+(?![\t \r])")
BAD_REQUEST = 400
_TOO_LARGE = 413
_EXPECTATION_FAILED = 417
_WITHOUT_BODY = frozenset({"HEAD", "TRACE"})
_METHODS = frozenset(
    ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH"]
)
_HTTP_1_1 = (1, 1)

Version: TypeAlias = tuple[int, int]


@dataclass(slots=True, kw_only=True)
class Request:
    """One request; its body is whole once the reader has handed it out."""

    method: str
    target: Target
    version: Version
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The value of the first header of that name (in small letters), None without one."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def says(self, name: str, word: str) -> bool:
        """Whether a header is just this word, whatever the case of its letters."""
        return (self.header(name) or "").lower() == word

    @property
    def asks_to_close(self) -> bool:
        """Whether it says that it is the last. Where a proxy is meant, silence says so too."""
        if self.target.is_foreign:
            return not self.says("proxy-connection", "keep-alive")
        return self.says("connection", "close")

    @property
    def asks_to_stay(self) -> bool:
        """Whether it says that the connection should be kept."""
        return (self.header("connection") or "").lower().startswith("keep-alive")

    @property
    def closes(self) -> bool:
        """Whether the connection ends with the answer."""
        is_last = self.target.is_foreign or self.asks_to_close
        return is_last or (self.version < _HTTP_1_1 and not self.asks_to_stay)


class Refused(Exception):
    """A request that libevent answers by itself: the status, and what was read of it."""

    def __init__(self, status: int, request: Request) -> None:
        super().__init__(status)
        self.status = status
        self.request = request


class RequestReader:
    """The requests of one connection, in the order in which they come."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._reading = self._read()
        self.expects_continue = False
        """Whether a client is waiting to be told that it may send the body."""

    def feed(self, data: bytes) -> None:
        """Takes what the connection has brought."""
        self._data += data

    def next(self) -> Request | None:
        """The next request, None before it is there. Raises `Refused`."""
        try:
            request = next(self._reading)
        except Refused:
            self._reading = self._read()
            raise
        if request:
            self._reading = self._read()
        return request

    def _read(self) -> Generator[Request | None]:
        """Yields None whenever more must come first, and in the end one request."""
        request = _read_first_line((yield from self._line()))
        yield from self._read_headers(request, BAD_REQUEST)
        yield from self._read_body(request)
        yield request

    def _line(self) -> Generator[None, None, str]:
        """A line without its end. Bytes that are not ASCII are kept as Latin letters."""
        start = 0
        while (end := self._data.find(b"\n", start)) < 0:
            start = len(self._data)
            yield
        line = bytes(self._data[:end]).removesuffix(b"\r")
        del self._data[: end + 1]
        # Lines are C strings there.
        return line.partition(b"\0")[0].decode("latin-1")

    def _read_headers(self, request: Request, refusal: int) -> Generator[None]:
        while line := (yield from self._line()):
            if line[0] in " \t":
                if not request.headers:
                    raise Refused(refusal, request)
                key, value = request.headers.pop()
                more = line.strip(" \t")
                request.headers.append((key, f"{value} {more}"))
                continue
            key, colon, value = line.partition(":")
            value = value.lstrip(" ").rstrip(" \t")
            if not colon or "\r" in key or _BROKEN_VALUE.search(value):
                raise Refused(refusal, request)
            request.headers.append((key, value))

    def _read_body(self, request: Request) -> Generator[None]:
        if request.method in _WITHOUT_BODY or request.method not in _METHODS:
            return
        if request.says("transfer-encoding", "chunked"):
            self._expect(request)
            yield from self._read_chunks(request)
            return
        length = _content_length(request)
        if not length:
            return
        self._expect(request)
        request.body = yield from self._bytes(length)

    def _expect(self, request: Request) -> None:
        if request.version < _HTTP_1_1 or request.header("expect") is None:
            return
        if not request.says("expect", "100-continue"):
            raise Refused(_EXPECTATION_FAILED, request)
        self.expects_continue = not self._data

    def _read_chunks(self, request: Request) -> Generator[None]:
        chunks = []
        while size := (yield from self._chunk_size(request)):
            chunks.append((yield from self._bytes(size)))
        # What stands behind the last chunk are headers, and are read as such.
        yield from self._read_headers(request, _TOO_LARGE)
        request.body = b"".join(chunks)

    def _chunk_size(self, request: Request) -> Generator[None, None, int]:
        while not (line := (yield from self._line())):
            pass  # The end of the chunk before is an empty line.
        size = _CHUNK_SIZE.match(line)
        if not size:
            raise Refused(_TOO_LARGE, request)
        return int(size[1], 16)

    def _bytes(self, count: int) -> Generator[None, None, bytes]:
        while len(self._data) < count:
            yield
        data = bytes(self._data[:count])
        del self._data[:count]
        return data


def _read_first_line(line: str) -> Request:
    method, _, rest = line.rstrip(" ").partition(" ")
    text, _, version = rest.rpartition(" ")
    request = Request(method=method if text else "", target=NO_TARGET, version=_HTTP_1_1)
    numbers = _VERSION.match(version)
    if not text or not numbers or int(numbers[1]) > 1:
        raise Refused(BAD_REQUEST, request)
    request.version = int(numbers[1]), int(numbers[2])
    if method == "CONNECT":
        return request  # Its target is an address, and it is refused whatever that is.
    target = read_target(text)
    if not target:
        raise Refused(BAD_REQUEST, request)
    request.target = target
    return request


def _content_length(request: Request) -> int:
    """The size of the body; zero where it is not said."""
    text = request.header("content-length")
    if text is None:
        return 0
    number = _LENGTH.match(text)
    if not number or (number[1] == "-" and number[2] != "0"):
        raise Refused(BAD_REQUEST, request)
    return int(number[2]) if len(number[2]) < len(str(_MAX_LENGTH)) else _MAX_LENGTH
