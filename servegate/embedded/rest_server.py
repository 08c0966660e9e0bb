"""HTTP for the REST API: what TF Serving's HTTP layer (libevent's `evhttp`) answers by itself."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from aiohttp import web

from servegate.embedded import log
from servegate.embedded.options import HOST, Listening
from servegate.embedded.rest_api import RestApi

_MAX_LINE = 2**20  # bytes of a header or a request line
_ROUTED = re.compile(r"/v1/", re.IGNORECASE)
_ABSOLUTE = re.compile(r"https?://[^/]*(?=/)", re.IGNORECASE)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_METHODS = frozenset(
    ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH"]
)
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, GET",
    "Access-Control-Allow-Headers": "Content-Type",
}


class RestServer:
    """Listens for HTTP requests and answers each on one of its threads."""

    def __init__(self, api: RestApi, listening: Listening) -> None:
        self._api = api
        self._port = listening.rest_port
        self._cors = _CORS if listening.cors else {}
        self._threads = ThreadPoolExecutor(listening.rest_threads, "rest")

    def run(self) -> None:
        """Answers requests for ever. Returns only where the port cannot be listened on."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        server = web.Server(self._handle, max_line_size=_MAX_LINE, max_field_size=_MAX_LINE)
        loop = asyncio.get_running_loop()
        try:
            listener = await loop.create_server(server, HOST, self._port)
        except OSError:
            message = f"Failed to start HTTP Server at localhost:{self._port}"
            log.error(log.SERVER, 453, message)
            return
        message = f"Exporting HTTP/REST API at:localhost:{self._port} ..."
        log.info(log.SERVER, 451, message)
        await listener.serve_forever()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = _ABSOLUTE.sub("", request.raw_path, count=1)
        if request.method not in _METHODS:
            return _page(HTTPStatus.NOT_IMPLEMENTED)
        if _BAD_ESCAPE.search(path):
            return _page(HTTPStatus.BAD_REQUEST)
        if request.method == "OPTIONS":
            known = HTTPStatus.OK if "Origin" in request.headers else HTTPStatus.BAD_REQUEST
            return web.Response(status=known, content_type="text/html", charset="ISO-8859-1")
        if not _ROUTED.match(path):
            return _page(HTTPStatus.NOT_FOUND)
        # Not `request.read()`: it refuses bodies of more than a megabyte.
        body = await request.content.read()
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(
            self._threads, self._api.answer, request.method, path, body
        )
        return web.Response(
            status=answer.status,
            body=answer.body,
            content_type="application/json",
            headers=self._cors,
        )


def _page(status: HTTPStatus) -> web.Response:
    """The page with which `evhttp` refuses a request."""
    title = f"<TITLE>{status.value} {status.phrase}</TITLE>"
    text = f"<HTML><HEAD>\n{title}\n</HEAD><BODY>\n<H1>{status.phrase}</H1>\n</BODY></HTML>\n"
    response = web.Response(status=status.value, body=text.encode(), content_type="text/html")
    response.force_close()
    return response
