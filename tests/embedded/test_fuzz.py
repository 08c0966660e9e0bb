"""Whatever it is asked, the server stays up and every answer is a well-formed one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.embedded.test_grpc import write_example_sizes
from tests.support.embedded import Answer, EmbeddedServer, model_config
from tests.support.fuzzing import METHODS, bodies, calls, targets
from tests.support.tinymodels import Graph, Signature, write_model, write_saved_model

_STATUSES = {200, 400, 404, 405, 412, 429, 500, 501, 503}
LONG_SECONDS = 300.0
_LIMITED = settings(
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
_NEVER = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
}
"""What a client gets from a server that is gone, has crashed, or hangs."""

budgets = pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(0.0, id="short"),
        pytest.param(
            LONG_SECONDS,
            id="long",
            marks=[pytest.mark.long, pytest.mark.timeout(2 * LONG_SECONDS)],
        ),
    ],
)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[EmbeddedServer]:
    """Numbers, words, and what takes examples."""
    write_model(folder / "line" / "1", shape=(None, 2))
    graph = Graph()
    words = graph.placeholder("words", "string", (None,))
    same = graph.identity(words, name="same")
    write_saved_model(
        folder / "words" / "1", graph, [Signature(inputs={"words": words}, outputs={"same": same})]
    )
    write_example_sizes(folder / "sizes" / "1")
    names = ("line", "words", "sizes")
    config = model_config(folder, *(f'name: "{one}" base_path: "{folder / one}"' for one in names))
    with EmbeddedServer(folder, config) as server:
        yield server.opened()


def put_to_it(
    ask: Callable[..., None], seconds: float, **strategies: st.SearchStrategy[object]
) -> None:
    """Asks a hundred questions, always the same; then others until the time is up."""
    end = time.monotonic() + seconds
    number = 0
    while number == 0 or time.monotonic() < end:
        seed(number)(_LIMITED(given(**strategies)(ask)))()
        number += 1


def is_well_formed(method: str, answer: Answer) -> bool:
    """As TF Serving answers: a document, an object with nothing but `error`, or libevent's page.

    And nothing at all to a version that is no 64-bit number.
    """
    if answer.status not in _STATUSES:
        return False
    if method == "HEAD":
        return not answer.body
    if not answer.body:
        return answer.status == 400
    if answer.body.startswith(b"<HTML>"):
        return f"<TITLE>{answer.status} ".encode() in answer.body
    # TF Serving repeats what it was sent, which need not be UTF-8.
    document = json.loads(answer.body.decode("utf-8", "surrogateescape"))
    failed = isinstance(document, dict) and set(document) == {"error"}
    return failed == (answer.status != 200)


@budgets
def test_rest(server: EmbeddedServer, seconds: float) -> None:
    def ask(method: str, path: str, body: bytes) -> None:
        answer = server.ask(method, path, body)
        assert server.process.poll() is None, server.log
        assert is_well_formed(method, answer), (answer, server.log[-2000:])

    put_to_it(ask, seconds, method=st.sampled_from(METHODS), path=targets(), body=bodies())
    echoed = server.post("/words:predict", {"instances": ["still there"]})
    assert echoed.json == {"predictions": ["still there"]}


@budgets
def test_grpc(server: EmbeddedServer, seconds: float) -> None:
    def ask(call: tuple[str, bytes]) -> None:
        method, request = call
        told = server.channel.unary_unary(method, bytes, bytes).future(request, timeout=60)
        assert told.code() not in _NEVER, (told.code(), told.details())
        assert server.process.poll() is None, server.log

    put_to_it(ask, seconds, call=calls())
