"""What deployments do to a running server, in every runtime that is present."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.facts.serving import (
    Launch,
    LoadFailed,
    Question,
    RequestRefused,
    ServedModel,
    Server,
    Upgradable,
)
from servegate.tfserving.policy import PolicyKind, VersionPolicy
from servegate.tfserving.versions import Version
from tests.support.bench import Bench
from tests.support.processes import eventually
from tests.support.runtimes import launch
from tests.support.tinymodels import write_model

ONE, TWO = Version(1), Version(2)
SOON = 60.0


@contextlib.contextmanager
def upgradable(bench: Bench, launched: Launch) -> Iterator[Upgradable]:
    running = bench.runtime.start_upgradable(launched, Deadline.after(SOON))
    try:
        yield running
    finally:
        running.server.stop()


@pytest.fixture
def running(bench: Bench, tmp_path: Path) -> Iterator[Upgradable]:
    """A server that answers from version 1."""
    base = tmp_path / "base"
    write_model(base / "1", weight=2.0, bias=0.0)
    with upgradable(bench, launch(base)) as found:
        found.server.await_version("m", ONE, Deadline.after(SOON))
        yield found


def deliver(running: Upgradable, version: Path, name: str) -> None:
    running.deployment.deliver("m", version, name, Deadline.after(SOON))


def answer(server: Server, version: Version | None = None) -> tuple[int, float]:
    asked = Question(
        model="m",
        signature="serving_default",
        inputs={"x": np.array([[1.0]], np.float32)},
        version=version,
    )
    said = server.predict(asked, Deadline.after(SOON))
    return said.version, float(said.outputs["y"].reshape(()))


def specific(*versions: Version) -> VersionPolicy:
    return VersionPolicy(kind=PolicyKind.SPECIFIC, versions=versions)


def configured(folder: Path, policy: VersionPolicy, **labels: Version) -> ServedModel:
    return ServedModel(name="m", base_path=folder / "base", policy=policy, labels=labels)


def test_a_version_is_picked_up_and_a_corrupt_one_reported(
    running: Upgradable, tmp_path: Path
) -> None:
    deliver(running, write_model(tmp_path / "new", weight=3.0, bias=0.0), "2")
    running.server.await_version("m", TWO, Deadline.after(SOON))
    assert answer(running.server) == (2, 3.0)

    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "saved_model.pb").write_bytes(b"\xff" * 100)
    deliver(running, broken, "3")
    with pytest.raises(LoadFailed):
        running.server.await_version("m", Version(3), Deadline.after(SOON))
    assert answer(running.server) == (2, 3.0)


def test_no_question_fails_while_a_version_takes_over(running: Upgradable, tmp_path: Path) -> None:
    answered: list[tuple[int, float]] = []
    over = threading.Event()

    def ask_on() -> None:
        while not over.is_set():
            answered.append(answer(running.server))

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(ask_on)
        try:
            deliver(running, write_model(tmp_path / "new", weight=3.0, bias=0.0), "2")
            running.server.await_version("m", TWO, Deadline.after(SOON))
            assert eventually(lambda: answered[-1:] == [(2, 3.0)])
        finally:
            over.set()
        asking.result()
    versions = [version for version, _ in answered]
    assert versions[0] == 1
    assert versions == sorted(versions)
    assert [one for one in answered if one not in [(1, 2.0), (2, 3.0)]] == []


def test_a_version_that_is_withdrawn_gives_way_to_the_one_before(
    running: Upgradable, tmp_path: Path
) -> None:
    deliver(running, write_model(tmp_path / "new", weight=3.0, bias=0.0), "2")
    running.server.await_version("m", TWO, Deadline.after(SOON))

    running.deployment.withdraw("m", "2", Deadline.after(SOON))
    assert eventually(lambda: answer(running.server) == (1, 2.0))


def test_what_is_not_there_cannot_be_withdrawn(running: Upgradable) -> None:
    with pytest.raises(CannotTell, match="7"):
        running.deployment.withdraw("m", "7", Deadline.after(SOON))


def test_another_configuration_is_taken_over(running: Upgradable, tmp_path: Path) -> None:
    deliver(running, write_model(tmp_path / "new", weight=3.0, bias=0.0), "2")
    running.server.await_version("m", TWO, Deadline.after(SOON))

    pinned = configured(tmp_path, specific(ONE))
    running.deployment.reconfigure((pinned,), Deadline.after(SOON))
    assert eventually(lambda: answer(running.server) == (1, 2.0))


def test_a_configuration_that_the_server_refuses_is_told_in_its_words(
    running: Upgradable, tmp_path: Path
) -> None:
    labelled = configured(tmp_path, specific(ONE), stable=TWO)
    with pytest.raises(RequestRefused, match="not currently available for inference"):
        running.deployment.reconfigure((labelled,), Deadline.after(SOON))
    assert answer(running.server) == (1, 2.0)


def test_memory_is_measured(running: Upgradable) -> None:
    assert (running.deployment.memory() or 0) > 2**20
