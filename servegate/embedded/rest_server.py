"""HTTP for the REST API, as TF Serving's layer over libevent answers it.

Source: `evhttp_server.cc` and `evhttp_request.cc` in `tensorflow_serving/util/net_http/server/`,
and `http_server.cc` in `model_servers/`.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from servegate.embedded import log
from servegate.embedded.http_answer import CONTINUE, answer, page
from servegate.embedded.http_request import BAD_REQUEST, Refused, Request, RequestReader
from servegate.embedded.options import HOST, Listening
from servegate.embedded.prometheus import metrics_page, metrics_path
from servegate.embedded.rest_api import RestApi

_OK, _NOT_FOUND, _NOT_IMPLEMENTED = 200, 404, 501
_PLAIN_TEXT = {"Content-Type": "text/plain"}
_ERRORS = "surrogateescape"
_ALLOWED = frozenset(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
_ROUTED = re.compile(r"/v1/", re.IGNORECASE)
_WEB_ORIGIN = re.compile(r"https?://")
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, GET",
    "Access-Control-Allow-Headers": "Content-Type",
}
_GZIP = 16 + zlib.MAX_WBITS
_MAX_UNPACKED = 100 * 2**20  # bytes
_BUFFER = 2**20  # bytes of a connection that wait to be looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    """What goes over the connection, and whether it ends then."""

    data: bytes
    closes: bool


class RestServer:
    """Listens for HTTP requests and answers each on one of its threads.

    Raises `StatusError` where the configuration of the metrics cannot be read.
    """

    def __init__(self, api: RestApi, listening: Listening) -> None:
        self._api = api
        self._port = listening.rest_port
        self._cors = _CORS if listening.cors else {}
        self._metrics_path = metrics_path(listening.monitoring_file)
        # One of the threads reads the connections: a server that has no other never answers.
        others = listening.rest_threads - 1
        self._threads = ThreadPoolExecutor(others, "rest") if others else None

    def run(self) -> None:
        """Answers requests for ever. Returns only where the port cannot be listened on."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        try:
            listener = await asyncio.start_server(self._serve, HOST, self._port, limit=_BUFFER)
        except OSError:
            message = f"Failed to start HTTP Server at localhost:{self._port}"
            log.error(log.SERVER, 453, message)
            return
        message = f"Exporting HTTP/REST API at:localhost:{self._port} ..."
        log.info(log.SERVER, 451, message)
        await listener.serve_forever()

    async def _serve(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        """Answers the requests of a connection, one after the other."""
        requests = RequestReader()
        try:
            while reply := await self._next_reply(requests, incoming, outgoing):
                outgoing.write(reply.data)
                await outgoing.drain()
                if reply.closes:
                    break
        except ConnectionError:
            pass  # The client has left.
        finally:
            outgoing.close()

    async def _next_reply(
        self,
        requests: RequestReader,
        incoming: asyncio.StreamReader,
        outgoing: asyncio.StreamWriter,
    ) -> _Reply | None:
        """The answer to the next request, None at the end of the connection."""
        try:
            request = await _next_request(requests, incoming, outgoing)
        except Refused as refused:
            return _refusal(refused.request, refused.status)
        return await self._reply(request) if request else None

    async def _reply(self, request: Request) -> _Reply:
        if request.method not in _ALLOWED:
            return _refusal(request, _NOT_IMPLEMENTED)
        if not request.target.is_conformant:
            return _refusal(request, BAD_REQUEST)
        if (request.target.path or "/") == self._metrics_path:
            answered = self._metrics
        elif _ROUTED.match(request.target.within_server):
            answered = self._answered
        else:
            return _refusal(request, _NOT_FOUND)
        if not self._threads:
            await asyncio.Event().wait()
        loop = asyncio.get_running_loop()
        data = await loop.run_in_executor(self._threads, answered, request)
        return _Reply(data=data, closes=request.closes)

    def _metrics(self, request: Request) -> bytes:
        """The page of metrics, which has no other address, not even one with a query."""
        asked = request.target.within_server
        if asked == self._metrics_path:
            return answer(request, _OK, _PLAIN_TEXT, metrics_page().encode(errors=_ERRORS))
        text = f"Unexpected path: {asked}. Should be {self._metrics_path}"
        return answer(request, BAD_REQUEST, _PLAIN_TEXT, text.encode(errors=_ERRORS))

    def _answered(self, request: Request) -> bytes:
        if request.method == "OPTIONS":
            status = _OK if _WEB_ORIGIN.search(request.header("origin") or "") else BAD_REQUEST
            return answer(request, status, self._cors, b"")
        found = self._api.answer(request.method, request.target.within_server, _body(request))
        headers = {"Content-Type": "application/json", **self._cors}
        return answer(request, found.status, headers, found.body)


async def _next_request(
    requests: RequestReader, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter
) -> Request | None:
    """The next request, None at the end of the connection. Raises `Refused`."""
    while not (request := requests.next()):
        if requests.expects_continue:
            requests.expects_continue = False
            outgoing.write(CONTINUE)
        data = await incoming.read(_BUFFER)
        if not data:
            return None
        requests.feed(data)
    return request


def _refusal(request: Request, status: int) -> _Reply:
    # The connection of what should have become a tunnel stays, though the page says otherwise.
    return _Reply(data=page(request, status), closes=request.method != "CONNECT")


def _body(request: Request) -> bytes:
    """The body, unpacked where the request says so; none where that is not possible."""
    if "gzip" not in (request.header("content-encoding") or ""):
        return request.body
    unpacking = zlib.decompressobj(_GZIP)
    try:
        unpacked = unpacking.decompress(request.body, _MAX_UNPACKED)
    except zlib.error:
        return b""
    return unpacked if unpacking.eof else b""
