"""What becomes of every way in which a model server can misbehave."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.errors import CannotTell, Interrupted
from servegate.facts.serving import (
    Array,
    Launch,
    LoadFailed,
    Question,
    RequestRefused,
    ServedModel,
    ServerFailed,
)
from servegate.serving.local import LocalRuntime
from servegate.serving.server import ModelServer
from servegate.tfserving.versions import Version
from tests.support.fakeserver import CORRUPT, PROGRAM
from tests.support.processes import eventually

ONE = Version(1)
SOON = 30.0
Start = Callable[[str], ModelServer]


def launch(tmp_path: Path) -> Launch:
    return Launch(models=(ServedModel(name="m", base_path=tmp_path),))


@dataclass(frozen=True, slots=True)
class _Program(LocalRuntime):
    """Any program in the place of a model server."""

    command: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return "program"

    def program(self) -> tuple[str, ...]:
        return self.command


def started(program: tuple[str, ...], workspace: Path) -> ModelServer:
    runtime = _Program(workspace, command=program)
    return runtime.start(launch(workspace), Deadline.after(SOON))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    servers = []

    def run(mode: str) -> ModelServer:
        program = (sys.executable, str(PROGRAM), mode)
        server = started(program, tmp_path)
        servers.append(server)
        return server

    yield run
    for server in servers:
        server.stop()


@pytest.fixture
def ready(start: Start) -> Start:
    def run(mode: str) -> ModelServer:
        server = start(mode)
        server.await_version("m", ONE, Deadline.after(SOON))
        return server

    return run


def question(**inputs: object) -> Question:
    return Question(
        model="m",
        signature="serving_default",
        inputs={name: np.asarray(value) for name, value in inputs.items()},
    )


def ask(server: ModelServer, seconds: float = SOON) -> None:
    server.predict(question(x=[1.0]), Deadline.after(seconds))


def test_a_server_that_gives_up_over_the_version_is_a_failed_load(start: Start) -> None:
    with pytest.raises(LoadFailed) as failure:
        start("corrupt").await_version("m", ONE, Deadline.after(SOON))
    assert failure.value.reason == CORRUPT
    assert "Failed to start server" in failure.value.log


def test_a_server_that_gives_up_over_another_model_has_failed(start: Start) -> None:
    with pytest.raises(ServerFailed, match="exit status 255") as failure:
        start("other-corrupt").await_version("m", ONE, Deadline.after(SOON))
    assert "{name: neighbour version: 1} due to error" in failure.value.reason


def test_a_version_that_ends_with_an_error_is_a_failed_load(start: Start) -> None:
    with pytest.raises(LoadFailed) as failure:
        start("ended").await_version("m", ONE, Deadline.after(SOON))
    assert failure.value.reason == CORRUPT


def test_a_server_that_dies_while_it_starts_is_told_with_its_signal(start: Start) -> None:
    with pytest.raises(ServerFailed, match=r"died \(signal SIGKILL; out of memory\?\)"):
        start("crash").await_version("m", ONE, Deadline.after(SOON))


def test_a_program_that_cannot_be_executed_is_no_verdict(tmp_path: Path) -> None:
    server = started((str(tmp_path / "absent"),), tmp_path)
    with pytest.raises(CannotTell, match="No such file"):
        server.await_version("m", ONE, Deadline.after(SOON))
    server.stop()


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("loading", "version 1 is LOADING"),
        ("unloaded", "version 1 is END"),
        ("random-bytes", "the connection failed"),
        ("http-1", "the connection failed"),
    ],
)
def test_an_overdue_version_is_told_with_what_is_known(start: Start, mode: str, said: str) -> None:
    server = start(mode)

    def overdue() -> str:
        with pytest.raises(DeadlineExceeded) as failure:
            server.await_version("m", ONE, Deadline.after(0.5))
        return str(failure.value)

    assert eventually(lambda: said in overdue())


def test_a_server_without_versions_is_told_in_its_own_words(start: Start) -> None:
    server = start("no-versions")
    assert eventually(lambda: "No versions" in server.log())
    with pytest.raises(DeadlineExceeded) as failure:
        server.await_version("m", ONE, Deadline.after(0.3))
    text = str(failure.value)
    assert "The server says: No versions of servable m found under base path /m." in text


def test_waiting_ends_when_the_run_is_cancelled(start: Start) -> None:
    deadline = Deadline.after(SOON)
    server = start("loading")
    threading.Timer(0.2, deadline.cancelled.set).start()
    with pytest.raises(Interrupted):
        server.await_version("m", ONE, deadline)


def test_a_refusal_carries_the_servers_own_words(ready: Start) -> None:
    with pytest.raises(RequestRefused) as refusal:
        ask(ready("refuse"))
    assert refusal.value.code == "INVALID_ARGUMENT"
    assert refusal.value.text == "assertion failed: [x must be positive]"


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("junk", "not a message of TF Serving"),
        ("versionless", "names no version"),
        ("bomb", "too large"),
    ],
)
def test_what_is_no_answer_is_the_servers_failure(ready: Start, mode: str, said: str) -> None:
    with pytest.raises(ServerFailed, match=said):
        ask(ready(mode))


def test_a_server_that_dies_over_a_question_is_told_with_signal_and_log(ready: Start) -> None:
    with pytest.raises(ServerFailed, match=r"died \(signal SIGSEGV\)") as failure:
        ask(ready("die"))
    assert "the end of the log" in failure.value.log


def test_a_server_that_hangs_over_a_question_is_said_to_hang(ready: Start) -> None:
    with pytest.raises(ServerFailed, match=r"did not answer within 0.\d+ seconds"):
        ask(ready("hang"), seconds=0.3)


def test_a_frozen_server_is_said_to_hang(ready: Start) -> None:
    server = ready("echo")
    child = server._body
    os.killpg(_command_of(child._process.pid), signal.SIGSTOP)  # type: ignore[attr-defined]
    with pytest.raises(ServerFailed, match="did not answer"):
        ask(server, seconds=0.3)
    with pytest.raises(ServerFailed, match="REST did not answer"):
        server.rest_version("m", Deadline.after(0.3))


def _command_of(launcher: int) -> int:
    return int(Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()[0])


def test_a_question_under_way_ends_when_the_run_is_cancelled(ready: Start) -> None:
    server = ready("hang")
    deadline = Deadline.after(SOON)
    threading.Timer(0.2, deadline.cancelled.set).start()
    with pytest.raises(Interrupted):
        server.predict(question(x=[1.0]), deadline)


def test_a_question_under_way_ends_when_the_server_is_stopped(ready: Start) -> None:
    server = ready("hang")
    threading.Timer(0.2, server.stop).start()
    with pytest.raises(ServerFailed):
        ask(server)


def test_a_question_past_its_deadline_blames_nobody(ready: Start) -> None:
    with pytest.raises(DeadlineExceeded):
        ask(ready("echo"), seconds=0.0)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=dtype).reshape(2, 3)
        for dtype in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "c8", "c16")
    ]
    + [
        np.array([[True], [False]]),
        np.array(3.5, "f4"),
        np.zeros((0, 3), "i8"),
        np.array([b"", b"\xff\x00", "é".encode()], object),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_values_travel_unchanged(echo: ModelServer, array: Array) -> None:
    answer = echo.predict(
        Question(model="m", signature="s", inputs={"x": array}), Deadline.after(SOON)
    )
    assert answer.outputs["x"].dtype == array.dtype
    np.testing.assert_array_equal(answer.outputs["x"], array)


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    folder = tmp_path_factory.mktemp("echo")
    program = (sys.executable, str(PROGRAM), "echo")
    server = started(program, folder)
    server.await_version("m", ONE, Deadline.after(SOON))
    yield server
    server.stop()


def test_twenty_megabytes_travel(echo: ModelServer) -> None:
    array = np.arange(5_000_000, dtype="f4")
    answer = echo.predict(question(x=array), Deadline.after(SOON))
    np.testing.assert_array_equal(answer.outputs["x"], array)


def test_the_answer_names_the_version_that_was_asked(echo: ModelServer) -> None:
    asked = Question(model="m", signature="s", inputs={}, version=Version(2**62))
    answer = echo.predict(asked, Deadline.after(SOON))
    assert answer.version == 2**62
    assert answer.seconds > 0


@pytest.mark.parametrize(
    "bad",
    [
        Question(model="\ud800", signature="s", inputs={}),
        Question(model="m", signature="s", inputs={"\ud800": np.array(1)}),
        Question(model="m", signature="s", inputs={"x": np.array([{}], object)}),
    ],
)
def test_what_cannot_be_asked_is_refused(echo: ModelServer, bad: Question) -> None:
    with pytest.raises(RequestRefused, match="no request can be made"):
        echo.predict(bad, Deadline.after(SOON))


def test_parallel_questions_get_their_own_answers(echo: ModelServer) -> None:
    def one(number: int) -> int:
        answer = echo.predict(question(x=[number]), Deadline.after(SOON))
        return int(answer.outputs["x"][0])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(100))) == list(range(100))


def test_both_metadata_name_the_version(echo: ModelServer) -> None:
    assert echo.grpc_version("m", Deadline.after(SOON)) == 1
    assert echo.rest_version("m", Deadline.after(SOON)) == 1


def test_proxies_are_not_asked(echo: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "grpc_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert echo.rest_version("m", Deadline.after(SOON)) == 1
    ask(echo)


@pytest.mark.parametrize(
    ("mode", "said"),
    [("rest-not-json", "names no version"), ("rest-endless", "more than")],
)
def test_bad_rest_answers_are_the_servers_failure(ready: Start, mode: str, said: str) -> None:
    server = ready(mode)
    with pytest.raises(ServerFailed, match=said):
        server.rest_version("m", Deadline.after(SOON))


def test_a_rest_refusal_carries_the_servers_own_words(ready: Start) -> None:
    with pytest.raises(RequestRefused) as refusal:
        ready("rest-refused").rest_version("m", Deadline.after(SOON))
    assert (refusal.value.code, refusal.value.text) == (
        "NOT_FOUND",
        '{ "error": "Servable not found" }',
    )


def test_stopping_twice_is_harmless_and_the_log_stays(start: Start) -> None:
    server = start("no-versions")
    assert eventually(lambda: "No versions" in server.log())
    server.stop()
    server.stop()
    assert "No versions" in server.log()
    with pytest.raises(ServerFailed):
        ask(server)
