"""Rules of loading that no single recording shows: what follows what, and who waits for whom."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from servegate.embedded.loader import estimate_memory
from servegate.embedded.retrier import Retrier
from servegate.embedded.states import ServableId, State, StateMonitor
from servegate.embedded.status import Code, StatusError
from servegate.savedmodel import protos  # noqa: F401 - registers TensorFlow's folder
from servegate.tfserving.versions import Version
from tests.support.embedded import QUICK, EmbeddedServer, model_config, one_model
from tests.support.tinymodels import write_model

ONE = ServableId("m", Version(1))


def test_a_cancelled_load_is_not_tried_again(capfd: pytest.CaptureFixture[str]) -> None:
    cancelled = threading.Event()
    cancelled.set()

    def fail() -> None:
        raise StatusError(Code.NOT_FOUND, "gone")

    with pytest.raises(StatusError, match="gone"):
        Retrier(retries=2, interval=0).run("Loading", fail, cancelled)
    said = [line.partition("] ")[2] for line in capfd.readouterr().err.splitlines()]
    assert said == ["Loading failed: NOT_FOUND: gone", "Retrying of Loading was cancelled."]


def test_a_success_at_the_last_attempt_exhausts_too(capfd: pytest.CaptureFixture[str]) -> None:
    assert Retrier(retries=0, interval=0).run("Loading", lambda: 5, threading.Event()) == 5
    assert "Retrying of Loading exhausted max_num_retries: 0" in capfd.readouterr().err


def test_retries_have_no_sign(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise StatusError(Code.NOT_FOUND, "gone")

    with pytest.raises(StatusError, match="gone"):
        Retrier(retries=-1, interval=0).run("Loading", fail, threading.Event())
    assert capfd.readouterr().err.endswith("] Loading failed: NOT_FOUND: gone\n")
    failures = [None, None]

    def fail_twice() -> str:
        if failures:
            failures.pop()
            fail()
        return "loaded"

    assert Retrier(retries=-2, interval=0).run("Loading", fail_twice, threading.Event())
    assert "exhausted" not in capfd.readouterr().err


def test_the_memory_is_reckoned_from_all_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10_000)
    (tmp_path / "variables").mkdir()
    (tmp_path / "variables" / "b").write_bytes(b"x" * 408)
    assert estimate_memory(tmp_path) == 12489
    with pytest.raises(StatusError, match="absent not found"):
        estimate_memory(tmp_path / "absent")


def test_what_a_model_became_before_does_not_count_when_it_comes_back() -> None:
    monitor = StateMonitor()
    monitor.publish(ONE, State.END)
    since = monitor.latest_change()
    threading.Timer(0.05, lambda: monitor.publish(ONE, State.AVAILABLE)).start()
    decided = monitor.wait_until_decided(["m"], since)
    assert decided[ONE].state is State.AVAILABLE


def test_a_model_that_comes_back_is_waited_for(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_model(tmp_path / name / "1")
    entries = [f'name: "{name}" base_path: "{tmp_path}/{name}"' for name in ("a", "b")]
    config = model_config(tmp_path, *entries)
    poll = "--model_config_file_poll_wait_seconds=1"
    with EmbeddedServer(tmp_path, config, poll, *QUICK) as server:
        server.opened()
        model_config(tmp_path, entries[0])
        server.reaches("b", {"1": "END"})
        model_config(tmp_path, *entries)
        server.reaches("b", {"1": "AVAILABLE"})
        server.logged("Finished adding/updating models", times=4)
        assert "did not become available" not in server.log


def test_models_leave_in_the_recorded_order(tmp_path: Path) -> None:
    names = ("hpt", "dtypes", "outputs", "two", "nodefault", "times")
    for name in names:
        write_model(tmp_path / name / "1")
    models = [f'name: "{name}" base_path: "{tmp_path / name}"' for name in names]
    flags = (model_config(tmp_path, *models), "--model_config_file_poll_wait_seconds=1", *QUICK)
    with EmbeddedServer(tmp_path, *flags) as server:
        server.opened()
        model_config(tmp_path, models[-1])
        server.logged("Done unloading servable version", times=len(names) - 1)
        left = re.findall(r"Quiescing servable version {name: (\w+) ", server.log)
    assert left == ["two", "outputs", "nodefault", "hpt", "dtypes"]


def test_a_model_cannot_change_its_platform(tmp_path: Path) -> None:
    write_model(tmp_path / "m" / "1")
    config = model_config(tmp_path, f'name: "m" base_path: "{tmp_path}/m"')
    poll = "--model_config_file_poll_wait_seconds=1"
    with EmbeddedServer(tmp_path, config, poll, *QUICK) as server:
        server.opened()
        text = (tmp_path / "models.config").read_text()
        (tmp_path / "models.config").write_text(text.replace('"tensorflow"', '"onnx"'))
        server.logged(
            "Illegal to change a model's platform. For model m platform was tensorflow and new "
            "platform requested is onnx"
        )
        assert server.predict("m", 1) == [3]


def test_the_ports_open_when_every_load_that_has_begun_is_over(tmp_path: Path) -> None:
    """With two versions wanted, one that is retried holds the start up (`SetNumLoadThreads`)."""
    write_model(tmp_path / "m" / "1")
    (tmp_path / "m" / "2").mkdir()
    policy = "model_version_policy { latest { num_versions: 2 } }"
    config = model_config(tmp_path, f'name: "m" base_path: "{tmp_path}/m" {policy}')
    flags = ("--max_num_load_retries=2", "--load_retry_interval_micros=300000")
    with EmbeddedServer(tmp_path, config, *flags) as server:
        assert server.opened().states("m") == {"2": "END", "1": "AVAILABLE"}


def test_an_unwanted_version_goes_when_another_one_stays(tmp_path: Path) -> None:
    base = tmp_path / "m"
    for number in (1, 2):
        write_model(base / str(number), weight=number, bias=0)
    policy = "model_version_policy { all {} }"
    config = model_config(tmp_path, f'name: "m" base_path: "{base}" {policy}')
    poll = "--model_config_file_poll_wait_seconds=1"
    with EmbeddedServer(tmp_path, config, poll, *QUICK) as server:
        server.opened()
        (base / "3").mkdir()
        server.reaches("m", {"3": "END", "2": "AVAILABLE", "1": "AVAILABLE"})
        only = "model_version_policy { specific { versions: 3 } }"
        model_config(tmp_path, f'name: "m" base_path: "{base}" {only}')
        server.reaches("m", {"3": "END", "2": "AVAILABLE", "1": "END"})
        assert server.predict("m", 1) == [2]


def test_all_parallelism_flags_at_once_are_refused(tmp_path: Path) -> None:
    write_model(tmp_path / "m" / "1")
    names = ("session", "intra_op", "inter_op")
    flags = [f"--tensorflow_{name}_parallelism=1" for name in names]
    with EmbeddedServer(tmp_path, *one_model(tmp_path / "m"), *flags) as server:
        assert server.ended() == 255
        assert "You cannot configure all." in server.log
