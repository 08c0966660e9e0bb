"""Versions that come, go and fail while the server runs."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.embedded import QUICK, EmbeddedServer, model_config, one_model
from tests.support.tinymodels import write_model


def move_in(directory: Path, weight: float) -> Path:
    """A version appears whole, as a careful rollout does it."""
    staging = directory.parent.parent / "staging"
    write_model(staging, weight=weight, bias=0)
    return staging.rename(directory)


def test_a_version_is_replaced_and_rolled_back(tmp_path: Path) -> None:
    base = tmp_path / "models" / "m"
    write_model(base / "1", weight=1, bias=0)
    with EmbeddedServer(tmp_path, *one_model(base)) as server:
        server.opened()
        assert server.predict("m", 10) == [10]
        move_in(base / "2", 2)
        server.reaches("m", {"2": "AVAILABLE", "1": "END"})
        assert server.predict("m", 10) == [20]
        missing = server.post("/m/versions/1:predict", {"instances": [1]})
        assert missing.status == 404
        write_model(base / "2", weight=9, bias=0)
        (base / "01").mkdir()
        server.logged("Version 1 will be loaded from 1, 01 will be ignored.", times=2)
        assert server.predict("m", 10) == [20]  # what changed in place was not seen
        (base / "01").rmdir()
        shutil.rmtree(base / "2")
        server.reaches("m", {"2": "END", "1": "AVAILABLE"})
        assert server.predict("m", 10) == [10]
        lines = [line.split("] ", 1)[1] for line in server.log.splitlines() if "] " in line]
        load = [
            "Successfully reserved resources to load servable {name: m version: 2}",
            "Approving load for servable version {name: m version: 2}",
            "Loading servable version {name: m version: 2}",
            "Successfully loaded servable version {name: m version: 2}",
            "Quiescing servable version {name: m version: 1}",
            "Done quiescing servable version {name: m version: 1}",
            "Unloading just-loaded servable version {name: m version: 1}",
            "Done unloading servable version {name: m version: 1}",
        ]
        assert [line for line in lines if line in load] == load


def test_a_failed_load_keeps_the_old_version(tmp_path: Path) -> None:
    base = tmp_path / "m"
    write_model(base / "1", weight=1, bias=0)
    with EmbeddedServer(tmp_path, *one_model(base)) as server:
        server.opened()
        staging = tmp_path / "staging"
        staging.mkdir()
        (staging / "saved_model.pb").write_bytes(b"this is no protocol buffer")
        staging.rename(base / "2")
        server.reaches("m", {"2": "END", "1": "AVAILABLE"})
        version = server.get("/m/versions/2").json["model_version_status"][0]
        assert version["status"] == {
            "error_code": "DATA_LOSS",
            "error_message": f"Can't parse {base}/2/saved_model.pb as binary proto",
        }
        assert server.predict("m", 10) == [10]
        assert "Servable {name: m version: 2} cannot be loaded: DATA_LOSS" in server.log
        move_in(base / "3", 3)
        server.reaches("m", {"3": "AVAILABLE", "2": "END", "1": "END"})
        assert server.predict("m", 10) == [30]


def test_a_load_is_retried_and_may_be_repaired(tmp_path: Path) -> None:
    base = tmp_path / "m"
    write_model(base / "1", weight=1, bias=0)
    flags = ("--model_name=m", f"--model_base_path={base}", "--load_retry_interval_micros=200000")
    with EmbeddedServer(tmp_path, *flags, "--max_num_load_retries=1000") as server:
        server.opened()
        (base / "2").mkdir()
        server.logged("Retrying of Loading servable: {name: m version: 2} retry: 2")
        assert server.states("m") == {"2": "LOADING", "1": "AVAILABLE"}
        move_in(tmp_path / "m" / "ready", 2)
        (base / "ready" / "saved_model.pb").rename(base / "2" / "saved_model.pb")
        server.reaches("m", {"2": "AVAILABLE", "1": "END"})
        assert server.predict("m", 10) == [20]


def test_deleting_every_version_unloads(tmp_path: Path) -> None:
    base = tmp_path / "m"
    write_model(base / "1")
    with EmbeddedServer(tmp_path, *one_model(base)) as server:
        server.opened()
        shutil.rmtree(base / "1")
        server.reaches("m", {"1": "END"})
        assert server.post("/m:predict", {"instances": [1]}).status == 404
        assert "No versions of servable m found under base path" in server.log


def test_a_base_path_elsewhere_is_never_found(tmp_path: Path) -> None:
    flags = ("--model_name=m", "--model_base_path=s3://bucket/m", *QUICK)
    with EmbeddedServer(tmp_path, *flags) as server:
        server.logged(
            "Could not find base path s3://bucket/m for servable m with error UNIMPLEMENTED: File "
            "system scheme 's3' not implemented (file: 's3://bucket/m')"
        )
        assert not server.is_open


def test_one_missing_base_path_stops_the_news_of_all(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_model(tmp_path / name / "1", weight=1, bias=0)
    config = model_config(
        tmp_path, *(f'name: "{name}" base_path: "{tmp_path}/{name}"' for name in ("a", "b"))
    )
    with EmbeddedServer(tmp_path, config, *QUICK) as server:
        server.opened()
        shutil.rmtree(tmp_path / "b")
        server.logged("Could not find base path")
        write_model(tmp_path / "a" / "2", weight=2, bias=0)
        server.logged("Could not find base path", times=3)
        assert server.states("a") == {"1": "AVAILABLE"}
        write_model(tmp_path / "b" / "1", weight=1, bias=0)
        server.reaches("a", {"2": "AVAILABLE", "1": "END"})


def test_policies_and_odd_names(tmp_path: Path) -> None:
    odd = tmp_path / "odd"
    for number, name in enumerate(("1", "01", "v2", "3.tmp", "00000123", " 7", "+9"), 1):
        write_model(odd / name, weight=number, bias=0)
    policies = {
        "latest": "",
        "two": "model_version_policy { latest { num_versions: 2 } }",
        "all": "model_version_policy { all {} }",
        "some": "model_version_policy { specific { versions: 7 versions: 1 versions: 55 } }",
    }
    config = model_config(
        tmp_path,
        *(f'name: "{name}" base_path: "{odd}" {policy}' for name, policy in policies.items()),
    )
    with EmbeddedServer(tmp_path, config, *QUICK) as server:
        server.opened()
        # The ports open with the first version of each; the others are begun one by one.
        for name, versions in {
            "latest": ["123"],
            "two": ["123", "9"],
            "all": ["123", "9", "7", "1"],
            "some": ["7", "1"],
        }.items():
            server.reaches(name, dict.fromkeys(versions, "AVAILABLE"))
            assert list(server.states(name)) == versions
        ask = {"instances": [1]}
        assert server.post("/all/versions/1:predict", ask).json == {"predictions": [2.0]}
        assert server.post("/some/versions/1:predict", ask).json == {"predictions": [1.0]}
        for text in (
            "Version 1 will be loaded from 1, 01 will be ignored.",
            "Internal error: Unable to transfer servable {name: all version: 1}",
            "Version 55 of servable some, which was requested to be served as a 'specific'",
        ):
            assert text in server.log


def test_the_configuration_file_is_polled(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_model(tmp_path / name / "1")
    entries = [f'name: "{name}" base_path: "{tmp_path}/{name}"' for name in ("a", "b")]
    config = model_config(tmp_path, entries[0])
    poll = "--model_config_file_poll_wait_seconds=1"
    with EmbeddedServer(tmp_path, config, poll, *QUICK) as server:
        server.opened()
        assert server.states("b") == {}
        (tmp_path / "models.config").write_text("model_config_list { broken")
        server.logged("Failed to read ModelServerConfig file: Invalid protobuf file: ")
        model_config(tmp_path, entries[1])
        server.reaches("b", {"1": "AVAILABLE"})
        server.reaches("a", {"1": "END"})


def test_requests_survive_an_upgrade(tmp_path: Path) -> None:
    base = tmp_path / "m"
    write_model(base / "1", weight=1, bias=0)
    flags = (*one_model(base), "--num_load_threads=2")
    with EmbeddedServer(tmp_path, *flags) as server:
        server.opened()
        move_in(tmp_path / "m" / "2", 2)
        answers = [server.predict("m", 1)[0]]
        while answers[-1] != 2:
            answers += server.predict("m", 1)
        assert set(answers) == {1.0, 2.0}
        assert answers == sorted(answers)
