"""What every runtime promises, on real servers; the same tests run on each that is present."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.facts.serving import (
    Launch,
    LoadFailed,
    Question,
    RequestRefused,
    Runtime,
    ServedModel,
    Server,
    ServerFailed,
)
from servegate.serving.server import ModelServer
from servegate.tfserving.versions import Version
from tests.support.bench import Bench
from tests.support.processes import eventually, marked
from tests.support.runtimes import ALL, launch
from tests.support.tinymodels import Graph, Signature, write_model, write_saved_model

PROJECT = Path(__file__).resolve().parents[2]
ONE, TWO = Version(1), Version(2)
SOON = 60.0
Start = Callable[[Launch], Server]


@pytest.fixture(scope="module")
def present(bench: Bench) -> Runtime:
    return bench.runtime


@pytest.fixture
def start(present: Runtime) -> Iterator[Start]:
    servers = []

    def run(launched: Launch) -> Server:
        servers.append(present.start(launched, Deadline.after(SOON)))
        return servers[-1]

    yield run
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def ready(present: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two versions (times 2, times 3), a label and a model of strings."""
    folder = tmp_path_factory.mktemp("models")
    write_model(folder / "m" / "1", weight=2.0, bias=0.0)
    write_model(folder / "m" / "2", weight=3.0, bias=0.0)
    graph = Graph()
    given = graph.placeholder("given", "string", (None,))
    echo = Signature(inputs={"s": given}, outputs={"t": graph.identity(given, name="echo")})
    write_saved_model(folder / 'odd "name"' / "7", graph, [echo])
    models = (
        ServedModel(name="m", base_path=folder / "m", policy=ALL, labels={"stable": ONE}),
        ServedModel(name='odd "name"', base_path=folder / 'odd "name"'),
    )
    server = present.start(Launch(models=models), Deadline.after(SOON))
    try:
        server.await_version("m", TWO, Deadline.after(SOON))
        server.await_version("m", ONE, Deadline.after(SOON))
        server.await_version('odd "name"', Version(7), Deadline.after(SOON))
        yield server
    finally:
        server.stop()


def question(values: object, **rest: object) -> Question:
    asked = {"model": "m", "signature": "serving_default", **rest}
    return Question(inputs={"x": np.asarray(values, "f4")}, **asked)  # type: ignore[arg-type]


def answer(server: Server, values: object, **rest: object) -> tuple[int, list[object]]:
    found = server.predict(question(values, **rest), Deadline.after(SOON))
    return found.version, found.outputs["y"].tolist()


def test_unversioned_questions_reach_the_highest_version(ready: Server) -> None:
    assert answer(ready, [[1.0]]) == (2, [[3.0]])
    assert ready.grpc_version("m", Deadline.after(SOON)) == 2
    assert ready.rest_version("m", Deadline.after(SOON)) == 2


def test_versions_and_labels_are_reached_by_name(ready: Server) -> None:
    assert answer(ready, [[1.0]], version=ONE) == (1, [[2.0]])
    assert answer(ready, [[1.0]], version=TWO) == (2, [[3.0]])
    assert answer(ready, [[1.0]], label="stable") == (1, [[2.0]])


def test_states_are_told_newest_first(ready: Server) -> None:
    states = ready.states("m", Deadline.after(SOON))
    assert [(one.version, one.state, one.error) for one in states] == [
        (2, "AVAILABLE", ""),
        (1, "AVAILABLE", ""),
    ]


def test_strings_that_are_not_utf_8_travel(ready: Server) -> None:
    strings = np.array([b"", b"\xff\xfe\x00", "é".encode()], object)
    asked = Question(model='odd "name"', signature="serving_default", inputs={"s": strings})
    found = ready.predict(asked, Deadline.after(SOON))
    assert found.version == 7
    assert found.outputs["t"].tolist() == strings.tolist()


def test_twenty_megabytes_travel_both_ways(ready: Server) -> None:
    values = np.arange(5_000_000, dtype="f4").reshape(-1, 1)
    found = ready.predict(question(values), Deadline.after(SOON))
    np.testing.assert_array_equal(found.outputs["y"], values * 3)


def test_parallel_questions_get_their_own_answers(ready: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: answer(ready, [[float(number)]]), range(60)))
    assert answers == [(2, [[3.0 * number]]) for number in range(60)]


def test_models_of_one_configuration_share_a_server_and_the_files_that_flags_name(
    bench: Bench, start: Start
) -> None:
    folder = Path(tempfile.mkdtemp(dir=bench.files))
    write_model(folder / "a" / "1", weight=2.0, bias=0.0)
    write_model(folder / "b" / "3", weight=5.0, bias=0.0)
    session = folder / "session.config"
    session.write_text("intra_op_parallelism_threads: 1\n")
    models = (
        ServedModel(name="a", base_path=folder / "a", place="s3://bucket/a"),
        ServedModel(name="b", base_path=folder / "b", place="/srv/ml/b"),
    )
    flags = (f"--tensorflow_session_config_file={session}",)
    server = start(Launch(models=models, flags=flags))
    for model, version, answered in (("a", ONE, [[2.0]]), ("b", Version(3), [[5.0]])):
        server.await_version(model, version, Deadline.after(SOON))
        assert answer(server, [[1.0]], model=model) == (version, answered)


def test_a_file_of_flags_that_is_not_there_keeps_the_server_from_starting(
    bench: Bench, start: Start
) -> None:
    folder = Path(tempfile.mkdtemp(dir=bench.files))
    write_model(folder / "m" / "1")
    model = ServedModel(name="m", base_path=folder / "m")
    flags = (f"--tensorflow_session_config_file={folder / 'absent'}",)
    server = start(Launch(models=(model,), flags=flags))
    with pytest.raises(ServerFailed, match="died"):
        server.await_version("m", ONE, Deadline.after(SOON))


@pytest.mark.parametrize(
    ("rest", "code", "said"),
    [
        ({"model": "nope"}, "NOT_FOUND", "Servable not found for request: Latest(nope)"),
        ({"version": Version(9)}, "NOT_FOUND", "Servable not found for request: Specific(m, 9)"),
        ({"label": "nope"}, "INVALID_ARGUMENT", "Unrecognized servable version label: nope"),
        ({"signature": "nope"}, "FAILED_PRECONDITION", 'Serving signature key "nope" not found.'),
    ],
)
def test_refusals_are_the_servers_own(
    ready: Server, rest: dict[str, object], code: str, said: str
) -> None:
    with pytest.raises(RequestRefused) as refusal:
        ready.predict(question([[1.0]], **rest), Deadline.after(SOON))
    assert refusal.value.code == code
    assert refusal.value.text.startswith(said)


def test_an_unknown_model_is_refused_by_status_and_metadata(ready: Server) -> None:
    with pytest.raises(RequestRefused, match="NOT_FOUND"):
        ready.states("nope", Deadline.after(SOON))
    with pytest.raises(RequestRefused, match="NOT_FOUND"):
        ready.grpc_version("nope", Deadline.after(SOON))
    with pytest.raises(RequestRefused, match="NOT_FOUND"):
        ready.rest_version("nope", Deadline.after(SOON))


def test_a_corrupt_only_version_is_a_failed_load(start: Start, tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "saved_model.pb").write_bytes(b"\xff" * 100)
    with pytest.raises(LoadFailed) as failure:
        start(launch(tmp_path)).await_version("m", ONE, Deadline.after(SOON))
    assert "saved_model.pb" in failure.value.reason
    assert "servable(s) did not become available" not in failure.value.reason
    assert "Failed to start server" in failure.value.log


def test_a_version_that_never_comes_is_told_with_what_is_there(
    start: Start, tmp_path: Path
) -> None:
    write_model(tmp_path / "1")
    server = start(launch(tmp_path))
    server.await_version("m", ONE, Deadline.after(SOON))
    with pytest.raises(DeadlineExceeded, match=r"Version 2 of m did not .* version 1 is AVAILABLE"):
        server.await_version("m", TWO, Deadline.after(0.3))


@pytest.mark.parametrize(
    ("folder", "said"),
    [(".", "No versions of servable m found"), ("absent", "Could not find base path")],
)
def test_a_server_without_versions_waits_and_says_so(
    start: Start, tmp_path: Path, folder: str, said: str
) -> None:
    server = start(launch(tmp_path / folder))
    assert eventually(lambda: said in server.log())
    with pytest.raises(DeadlineExceeded) as failure:
        server.await_version("m", ONE, Deadline.after(0.2))
    assert f"The server says: {said}" in str(failure.value).replace(
        "FileSystemStoragePathSource encountered a filesystem access error: ", ""
    )


@contextlib.contextmanager
def stopping(server: ModelServer) -> Iterator[None]:
    try:
        yield
    finally:
        server.stop()


def started(start: Start, tmp_path: Path) -> ModelServer:
    write_model(tmp_path / "1")
    server = start(launch(tmp_path))
    server.await_version("m", ONE, Deadline.after(SOON))
    assert isinstance(server, ModelServer)
    return server


def test_a_server_killed_between_questions_is_said_to_have_died(
    bench: Bench, start: Start, tmp_path: Path
) -> None:
    server = started(start, tmp_path)
    bench.kill(server)
    with pytest.raises(ServerFailed, match=r"died \(signal SIGKILL") as failure:
        answer(server, [[1.0]])
    assert "Successfully loaded servable version {name: m version: 1}" in failure.value.log
    with pytest.raises(ServerFailed, match="died"):
        server.rest_version("m", Deadline.after(SOON))
    with pytest.raises(ServerFailed, match="died"):
        server.await_version("m", ONE, Deadline.after(SOON))


def test_a_frozen_server_is_said_to_hang(bench: Bench, start: Start, tmp_path: Path) -> None:
    server = started(start, tmp_path)
    bench.freeze(server)
    with pytest.raises(ServerFailed, match="did not answer within"):
        server.predict(question([[1.0]]), Deadline.after(0.3))
    with pytest.raises(DeadlineExceeded):
        server.await_version("m", ONE, Deadline.after(0.3))
    server.stop()


def test_stopping_leaves_the_log_and_nothing_else(
    bench: Bench, start: Start, tmp_path: Path
) -> None:
    server = started(start, tmp_path)
    is_there = bench.traces(server)
    assert is_there()
    server.stop()
    server.stop()
    assert not is_there()
    assert "Successfully loaded servable version {name: m version: 1}" in server.log()
    with pytest.raises(ServerFailed):
        answer(server, [[1.0]])


def test_two_servers_answer_for_themselves(start: Start, tmp_path: Path) -> None:
    for number in (1, 2):
        write_model(tmp_path / str(number) / "1", weight=float(number), bias=0.0)
    servers = [start(launch(tmp_path / str(number))) for number in (1, 2)]
    for number, server in enumerate(servers, 1):
        server.await_version("m", ONE, Deadline.after(SOON))
        for _ in range(5):
            assert answer(server, [[1.0]]) == (1, [[float(number)]])


def test_nothing_is_left_when_the_gate_is_killed(tmp_path: Path) -> None:
    write_model(tmp_path / "models" / "1")
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    gate = """
        import sys, time
        from pathlib import Path
        from servegate.deadline import Deadline
        from servegate.serving.embedded import EmbeddedRuntime
        from tests.support.runtimes import launch
        workspace, models = map(Path, sys.argv[1:])
        server = EmbeddedRuntime(workspace).start(launch(models), Deadline.after(60))
        server.await_version("m", 1, Deadline.after(60))
        print("ready", flush=True)
        time.sleep(60)
    """
    arguments = [str(workspace), str(tmp_path / "models")]
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(gate), *arguments],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert len(marked(str(workspace))) == 3  # the gate, the launcher, the server
        process.kill()
    assert eventually(lambda: marked(str(workspace)) == [])
    shutil.rmtree(workspace)
