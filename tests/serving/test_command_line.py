from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.facts.serving import Launch, ServedModel
from servegate.serving.binary import BinaryRuntime
from servegate.serving.command_line import arguments
from servegate.serving.config_file import config_text
from servegate.serving.ports import ReservedPorts
from servegate.tfserving.model_config import read_model_config
from servegate.tfserving.policy import PolicyKind, VersionPolicy
from servegate.tfserving.versions import Version


def served(name: str = "m", path: str = "/models/m", **rest: object) -> ServedModel:
    return ServedModel(name=name, base_path=Path(path), **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "policy",
    [
        VersionPolicy(),
        VersionPolicy(count=3),
        VersionPolicy(kind=PolicyKind.ALL),
        VersionPolicy(kind=PolicyKind.SPECIFIC, versions=(Version(7), Version(2**63 - 1))),
        VersionPolicy(kind=PolicyKind.SPECIFIC),
    ],
    ids=str,
)
def test_the_policy_reaches_the_server(policy: VersionPolicy) -> None:
    text = config_text(Launch(models=(served(policy=policy),)))
    (entry,) = read_model_config(text.encode("ascii")).models
    assert entry.policy == policy
    assert entry.platform == "tensorflow"


@pytest.mark.parametrize("name", ["m", 'a"b', "a\nb", "<script>", "é\\", "x" * 10_000, "::error::"])
def test_names_and_paths_are_escaped(name: str) -> None:
    models = (served(name, f"/models/{name}", labels={name: Version(3)}), served("second"))
    text = config_text(Launch(models=models))
    first, second = read_model_config(text.encode("ascii")).models
    assert (first.name, first.base_path, first.labels) == (name, f"/models/{name}", {name: 3})
    assert second.name == "second"


def test_a_relative_path_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    text = config_text(Launch(models=(served(path="models"),)))
    assert read_model_config(text.encode()).models[0].base_path == str(tmp_path / "models")


@pytest.mark.parametrize("broken", [served("\ud800"), served(path="/models/\udcff")])
def test_a_name_that_is_not_utf_8_is_no_verdict(broken: ServedModel) -> None:
    with pytest.raises(CannotTell, match="not UTF-8"):
        config_text(Launch(models=(broken,)))


def flags(*production: str, labels: bool = False, retries: int = 0) -> tuple[str, ...]:
    model = served(labels={"stable": Version(1)} if labels else {})
    launch = Launch(models=(model,), flags=production, max_load_retries=retries)
    ports = ReservedPorts()
    try:
        given = arguments(
            launch,
            launch.flags,
            config_file="/w/models.config",
            grpc_port=ports.grpc,
            rest_port=ports.rest,
        )
    finally:
        ports.release()
    assert given[:3] == (
        "--model_config_file=/w/models.config",
        f"--port={ports.grpc}",
        f"--rest_api_port={ports.rest}",
    )
    return given[3:]


def test_production_flags_are_kept_except_placement() -> None:
    kept = ("--enable_batching=true", "--rest_api_timeout_in_ms=5", "--enable_batching")
    dropped = (
        "--port=8500",
        "--rest_api_port=8501",
        "--model_config_file=/x",
        "--model_name=m",
        "--model_base_path=/m",
        "--ssl_config_file=/s",
        "--grpc_socket_path=/g",
        "--max_num_load_retries=5",
        "--use_alts_credentials",
    )
    assert flags(*dropped, *kept) == ("--max_num_load_retries=0", *kept)


def test_labels_get_their_flag_unless_production_sets_it() -> None:
    allow = "--allow_version_labels_for_unavailable_models"
    assert flags(labels=True) == ("--max_num_load_retries=0", f"{allow}=true")
    assert flags(f"{allow}=false", labels=True) == ("--max_num_load_retries=0", f"{allow}=false")


def test_retries_are_as_the_launch_says() -> None:
    assert flags(retries=2) == ("--max_num_load_retries=2",)


def test_a_missing_binary_is_told_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("tensorflow_model_server") is None
    with pytest.raises(CannotTell, match="--runtime embedded"):
        BinaryRuntime(tmp_path).start(Launch(models=(served(),)), Deadline.after(5))


def test_reserved_ports_are_the_servers_alone() -> None:
    first, second = ReservedPorts(), ReservedPorts()
    try:
        assert len({first.grpc, first.rest, second.grpc, second.rest}) == 4
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", first.grpc), timeout=5)
        with (
            socket.create_server(("127.0.0.1", first.grpc)),
            socket.create_connection(("127.0.0.1", first.grpc), timeout=5) as client,
        ):
            assert client.getpeername()[1] == first.grpc
        with socket.socket() as careless, pytest.raises(OSError, match="in use"):
            careless.bind(("127.0.0.1", first.rest))
    finally:
        first.release()
        second.release()
    second.release()


def test_a_server_may_listen_on_all_addresses_at_a_reserved_port() -> None:
    ports = ReservedPorts()
    try:
        with socket.create_server(("0.0.0.0", ports.grpc)) as listener:  # noqa: S104
            assert listener.getsockname()[1] == ports.grpc
    finally:
        ports.release()
