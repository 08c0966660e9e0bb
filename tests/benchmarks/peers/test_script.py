"""Tools run in forks of one process: each for itself, and none takes the others with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from venv import EnvBuilder

import pytest

from benchmarks.detection.peers.peer import Question
from benchmarks.detection.peers.script import Script, ScriptMissing, Worker, worker
from tests.support.tinymodels import Graph, Signature, write_model, write_saved_model

PYTHON = Path(sys.executable)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with worker(PYTHON, "saved_model_cli", tmp_path_factory.mktemp("peers")) as started:
        yield started


def question(directory: Path) -> Question:
    return Question(directory=directory, probe=None, folder=directory.parent / "place")


def script(running: Worker, *arguments: str, complaints: tuple[str, ...] = ()) -> Script:
    return Script(name="cli", worker=running, arguments=arguments, complaints=complaints)


def test_a_healthy_model_passes(running: Worker, tmp_path: Path) -> None:
    show = script(running, "show", "--all", "--dir")
    notice = show.ask(question(write_model(tmp_path / "1")))
    assert not notice.noticed, notice.said
    assert notice.said.startswith("exit status 0: ")


def test_a_tool_that_fails_has_noticed(running: Worker, tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "saved_model.pb").write_bytes(b"\xff\xff")
    notice = script(running, "show", "--all", "--dir").ask(question(tmp_path / "1"))
    assert notice.noticed
    assert notice.said.startswith("exit status 1: ")


def test_a_tool_that_complains_has_noticed(running: Worker, tmp_path: Path) -> None:
    graph = Graph()
    name = graph.placeholder("name", "string", ())
    text = graph.op("ReadFile", "text", [name], dtype="string", shape=())
    directory = write_saved_model(
        tmp_path / "1", graph, [Signature(inputs={"name": name}, outputs={"text": text})]
    )
    complaints = ("contains the following denylisted ops",)
    scan = script(running, "scan", "--dir", complaints=complaints)
    assert scan.ask(question(directory)).noticed
    assert not scan.ask(question(write_model(tmp_path / "2"))).noticed


FAKE = """
import os, signal, sys

def main():
    print("asked for", sys.argv[1:])
    match sys.argv[1]:
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "raise":
            raise RuntimeError("a bug of the tool")
        case "hoard":
            bytearray(8 << 30)
        case "exit":
            sys.exit(int(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """A tool of our own, installed in an environment of its own."""
    environment = tmp_path_factory.mktemp("environment")
    EnvBuilder(symlinks=True).create(environment)
    (packages,) = environment.glob("lib/*/site-packages")
    (packages / "fake.py").write_text(FAKE)
    described = packages / "fake-1.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: fake\nVersion: 1\n")
    (described / "entry_points.txt").write_text("[console_scripts]\nfake = fake:main\n")
    with worker(environment / "bin" / "python", "fake", tmp_path_factory.mktemp("p")) as started:
        yield started


def test_exit_statuses(fake: Worker) -> None:
    assert fake.run("pass") == (0, "asked for ['pass']\n")
    assert fake.run("exit", "3") == (3, "asked for ['exit', '3']\n")
    status, printed = fake.run("raise")
    assert status == 1
    assert "a bug of the tool" in printed


def test_a_crash_ends_one_answer_alone(fake: Worker) -> None:
    status, _ = fake.run("crash")
    assert status is None
    assert fake.run("pass")[0] == 0
    notice = script(fake, "crash").ask(question(Path("/nowhere/1")))
    assert notice.noticed
    assert notice.said.startswith("killed")


def test_memory_has_a_limit(fake: Worker) -> None:
    status, printed = fake.run("hoard")
    assert status == 1
    assert "MemoryError" in printed


def test_answers_at_the_same_time(fake: Worker) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: fake.run("exit", str(number)), range(8)))
    assert found == [(number, f"asked for ['exit', '{number}']\n") for number in range(8)]


def test_no_output_is_left(fake: Worker) -> None:
    fake.run("pass")
    assert {one.name for one in fake.folder.iterdir()} == {"socket", "output", "report"}


def test_a_tool_that_is_not_there(tmp_path: Path) -> None:
    missing = worker(tmp_path / "bin" / "python", "modelscan", tmp_path / "peers")
    with pytest.raises(ScriptMissing, match="not installed"), missing:
        pass
    unknown = worker(PYTHON, "no-such-script", tmp_path / "peers")
    with pytest.raises(ScriptMissing, match="does not start"), unknown:
        pass
