"""Requests as libevent 2.1.12 reads them, and what that release answered to them."""

from __future__ import annotations

import re

import pytest

from servegate.embedded.http_answer import answer, page
from servegate.embedded.http_request import Refused, Request, RequestReader

POST = b"POST /v1/m HTTP/1.1\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
DATE = re.compile(rb"Date: [^\r]*")


def read(data: bytes) -> Request | None:
    reader = RequestReader()
    reader.feed(data)
    return reader.next()


BODIES = [
    (POST + b"\r\nabc", b""),
    (POST + b"Content-Length: +3\r\n\r\nabc", b"abc"),
    (POST + b"Content-Length:\t3 \r\n\r\nabc", b"abc"),
    (POST + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", b"abc"),
    (POST + b"Connection: keep-alive\r\n\r\n", b""),
    (CHUNKED + b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
    (CHUNKED + b"0x3 \r\nabc\r\n+1\r\nd\r\n0\r\nTrailer: x\r\n\r\n", b"abcd"),
    (b"HEAD /v1/m HTTP/1.1\nContent-Length: 3\n\n", b""),
    (b"GET /v1/m HTTP/1.1  \r\nContent-Length: 1\r\n\r\nx", b"x"),
]


@pytest.mark.parametrize(("data", "body"), BODIES)
def test_bodies(data: bytes, body: bytes) -> None:
    request = read(data)
    assert request is not None
    assert request.body == body


@pytest.mark.parametrize(("data", "body"), BODIES)
def test_the_bytes_may_come_one_by_one(data: bytes, body: bytes) -> None:
    reader = RequestReader()
    request = None
    for byte in data:
        reader.feed(bytes([byte]))
        request = request or reader.next()
    assert request is not None
    assert request.body == body


REFUSED = [
    (b"\r\n", 400),
    (b"GET /v1/m\r\n\r\n", 400),
    (b"GET /v1/m HTTP/2.0\r\n\r\n", 400),
    (b"GET /v1/m HTTP/1.1x\r\n\r\n", 400),
    (b"GET http://h[/v1/m HTTP/1.1\r\n\r\n", 400),
    (b"GET :x HTTP/1.1\r\n\r\n", 400),
    (b"GET /v1/m\0 HTTP/1.1\r\n\r\n", 400),
    (POST + b"no colon\r\n\r\n", 400),
    (POST + b" continued\r\n\r\n", 400),
    (POST + b"A: b\rc\r\n\r\n", 400),
    (POST + b"Content-Length: -1\r\n\r\n", 400),
    (POST + b"Content-Length: abc\r\n\r\n", 400),
    (POST + b"Content-Length: \r\n\r\n", 400),
    (POST + b"Expect: tea\r\nContent-Length: 1\r\n\r\nx", 417),
    (CHUNKED + b"zz\r\n", 413),
    (CHUNKED + b"3;x=1\r\nabc\r\n", 413),
    (CHUNKED + b"0\r\nno colon\r\n\r\n", 413),
]


@pytest.mark.parametrize(("data", "status"), REFUSED)
def test_requests_that_are_refused(data: bytes, status: int) -> None:
    with pytest.raises(Refused) as caught:
        read(data)
    assert caught.value.status == status


@pytest.mark.parametrize(
    "data",
    [b"GET /v1/m HTTP/1.1\r\nA: b\r\n", POST + b"Content-Length: 9" + b"9" * 5000 + b"\r\n\r\nx"],
)
def test_more_is_waited_for(data: bytes) -> None:
    assert read(data) is None


def test_a_client_may_ask_whether_to_send_the_body() -> None:
    reader = RequestReader()
    reader.feed(POST + b"Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n")
    assert reader.next() is None
    assert reader.expects_continue


def test_requests_follow_one_another() -> None:
    reader = RequestReader()
    reader.feed(POST + b"Content-Length: 1\r\n\r\naGET /v1/n HTTP/1.1\r\n\r\n")
    found = [reader.next(), reader.next(), reader.next()]
    assert [one and (one.method, one.body) for one in found] == [("POST", b"a"), ("GET", b""), None]


@pytest.mark.parametrize(
    ("target", "path", "conformant"),
    [
        (b"/v1/m?x=1#y", "/v1/m?x=1#y", True),
        (b"//host/v1/m", "/v1/m", True),
        (b"http://user@host:80/v1/m", "/v1/m", True),
        (b"http://[::1]/v1/m", "/v1/m", True),
        (b"http:/v1/m", "/v1/m", True),
        (b"/v1/a%2Fb", "/v1/a%2Fb", True),
        (b"/v1/a%zz", "/v1/a%zz", False),
        (b"/v1/a b", "/v1/a b", False),
        (b"/v1/m?a|b", "/v1/m?a|b", False),
        ("/v1/é".encode(), "/v1/é".encode().decode("latin-1"), False),
    ],
)
def test_targets(target: bytes, path: str, *, conformant: bool) -> None:
    request = read(b"GET " + target + b" HTTP/1.1\r\n\r\n")
    assert request is not None
    assert (request.target.within_server, request.target.is_conformant) == (path, conformant)


ANSWERS = [
    (b"GET /v1/m HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: b\r\nDate\r\nContent-Length: 2\r\n"),
    (b"GET /v1/m HTTP/1.0\r\n\r\n", b"HTTP/1.0 200 OK\r\nA: b\r\n"),
    (
        b"GET /v1/m HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nA: b\r\nConnection: keep-alive\r\nContent-Length: 2\r\n",
    ),
    (
        b"GET /v1/m HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\nDate\r\nContent-Length: 2\r\nConnection: close\r\n",
    ),
    (b"HEAD /v1/m HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: b\r\nDate\r\n"),
]


@pytest.mark.parametrize(("data", "head"), ANSWERS)
def test_answers(data: bytes, head: bytes) -> None:
    request = read(data)
    assert request is not None
    typed = {"Content-Type": "text/plain"}
    written = DATE.sub(b"Date", answer(request, 200, {"A": "b", **typed}, b"{}"))
    assert written.replace(b"Content-Type: text/plain\r\n", b"") == head + b"\r\n{}"


def test_an_answer_has_a_type() -> None:
    request = read(b"OPTIONS /v1/m HTTP/1.1\r\n\r\n")
    assert request is not None
    last = b"Content-Length: 0\r\nContent-Type: text/html; charset=ISO-8859-1\r\n\r\n"
    assert answer(request, 200, {}, b"").endswith(last)


def test_a_page_is_of_version_1_1() -> None:
    request = read(b"GET /nope HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert request is not None
    assert DATE.sub(b"Date", page(request, 404)).startswith(
        b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nConnection: close\r\nDate\r\n"
        b"Content-Length: 90\r\n\r\n<HTML><HEAD>\n<TITLE>404 Not Found</TITLE>\n"
    )


@pytest.mark.parametrize(
    ("data", "closes"),
    [
        (b"GET /v1/m HTTP/1.1\r\n\r\n", False),
        (b"GET /v1/m HTTP/1.1\r\nConnection: Close\r\n\r\n", True),
        (b"GET /v1/m HTTP/1.0\r\n\r\n", True),
        (b"GET /v1/m HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", False),
        (b"GET http://host/v1/m HTTP/1.1\r\n\r\n", True),
    ],
)
def test_which_answers_are_the_last(data: bytes, *, closes: bool) -> None:
    request = read(data)
    assert request is not None
    assert request.closes == closes
