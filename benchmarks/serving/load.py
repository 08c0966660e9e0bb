"""Many clients at once: every request has an input of its own, so a mixed-up answer shows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What became of the requests: `lost` got no answer of status 200, `mixed_up` another's."""

    requests: int
    lost: int
    mixed_up: int
    seconds: float

    @property
    def rate(self) -> float:
        """Requests answered in a second."""
        return (self.requests - self.lost) / self.seconds


def put_under_load(
    port: int, path: str, right: Callable[[int], float], *, requests: int, connections: int
) -> Load:
    """Sends rows `[number]`, one a request, over so many connections that stay open.

    `right` is the answer to a number. Request n goes over connection n modulo `connections`.
    """

    def client(first: int) -> tuple[int, int]:
        lost = mixed_up = 0
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        for number in range(first, requests, connections):
            try:
                answer = _ask(connection, path, number)
            except (OSError, HTTPException, ValueError, LookupError):
                lost += 1
                connection.close()
                continue
            mixed_up += answer != right(number)
        connection.close()
        return lost, mixed_up

    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=connections) as pool:
        counted = list(pool.map(client, range(connections)))
    return Load(
        requests=requests,
        lost=sum(lost for lost, _ in counted),
        mixed_up=sum(mixed_up for _, mixed_up in counted),
        seconds=time.monotonic() - started,
    )


def _ask(connection: HTTPConnection, path: str, number: int) -> float:
    body = json.dumps({"instances": [[float(number)]]}).encode()
    connection.request("POST", path, body)
    with connection.getresponse() as response:
        document = json.loads(response.read())
        if response.status != 200:
            raise ValueError(document)
    return float(document["predictions"][0][0])
