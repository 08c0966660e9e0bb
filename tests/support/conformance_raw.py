"""Recorded HTTP exchanges over one socket: the same bytes, but for the date."""

from __future__ import annotations

import json
import re
import socket

from tests.support.conformance import Exchange, Kind, Stage, difference
from tests.support.embedded import EmbeddedServer

_DATE = re.compile(rb"Date: [^\r]*")
_ABRIDGED = re.compile(rb"(.*)\.\.\.\(([0-9]+) bytes\)\Z", re.DOTALL)
_LONGEST = 4000  # bytes of an answer that were recorded
_MILLION_AND_A_HALF = 1_500_000
_PATIENCE = 60.0  # seconds for an answer
_PAUSE = 0.3  # seconds after which a connection counts as kept


def judge(_stage: Stage, server: EmbeddedServer, exchange: Exchange) -> str | None:
    """Sends bytes and says what differs from the recorded ones."""
    if "request_raw" not in exchange.line:
        return _judge_large_body(server, exchange)
    request = _whole(exchange.line["request_raw"].encode())
    expected = exchange.line["response_raw"].encode()
    closes = exchange.line["connection_closed_by_server"]
    answered, closed = _talk(server, request, len(expected), closes=closes)
    return difference(
        (_DATE.sub(b"Date", expected), closes),
        (_DATE.sub(b"Date", answered[:_LONGEST]), closed),
    )


def _whole(request: bytes) -> bytes:
    """A request that was recorded abridged: its last letter was repeated."""
    match = _ABRIDGED.match(request)
    if not match:
        return request
    end = b"\r\n\r\n" if b"\r\n" in match[1] else b" HTTP/1.1\r\nHost: x\r\n\r\n"
    return match[1].ljust(int(match[2]) - len(end), match[1][-1:]) + end


def _talk(server: EmbeddedServer, request: bytes, size: int, *, closes: bool) -> tuple[bytes, bool]:
    """What the server sends, and whether it closes.

    After `size` bytes, only an end that is expected is waited for with patience.
    """
    last = _PATIENCE if closes else _PAUSE
    answered = b""
    with socket.create_connection(("127.0.0.1", server.rest_port), timeout=_PATIENCE) as peer:
        peer.sendall(request)
        try:
            while True:
                peer.settimeout(last if len(answered) >= size else _PATIENCE)
                data = peer.recv(1 << 16)
                if not data:
                    return answered, True
                answered += data
        except TimeoutError:
            return answered, False
        except ConnectionResetError:
            return answered, True


def _judge_large_body(server: EmbeddedServer, exchange: Exchange) -> str | None:
    """Its bytes were not recorded; their number tells what they were."""
    body = json.dumps({"instances": [1.0] * _MILLION_AND_A_HALF}).encode()
    answer = server.ask("POST", "/v1/models/times:predict", body)
    line = exchange.line
    return difference(
        (line["request_bytes"], line["status"], line["response_bytes"]),
        (len(body), answer.status, len(answer.body)),
    )


def rest_raw_kind() -> Kind:
    """`rest_raw.jsonl`."""
    flags = ("--model_name=times", "--model_base_path=$ROOT/models/times")
    return Kind(name="rest_raw", judge=judge, flags=flags)
