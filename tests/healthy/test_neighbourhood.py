"""Rows of healthy.md about files outside git, neighbours, and changes of something else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.changes import pointer_to
from tests.support.gaterun import gate
from tests.support.repos import Repo
from tests.support.teams import MODEL, ROLLOUTS, assert_passes, configure, version
from tests.support.tinymodels import write_model

CONFIG = "deploy/models.config"


def test_h14_an_lfs_pointer_that_was_not_fetched_is_undecided(repo: Repo) -> None:
    write_model(version(repo, "1"))
    configure(repo, others=[{"name": "other", "path": "models/other"}])
    repo.write(".gitattributes", "*.pb filter=lfs diff=lfs merge=lfs -text\n").commit()
    # Committed without git-lfs, as a checkout without `lfs: true` leaves it in the working tree.
    repo.write(f"{MODEL}/2/saved_model.pb", pointer_to(b"the model"))
    write_model(repo.file("models/other/1"))
    repo.commit()
    run = gate(repo)
    assert run.exit_code == 3, run.output
    told = run.check("m", "version/files-complete")
    assert (told["status"], run.failed("m")) == ("errored", {})
    assert "lfs: true" in told["remedy"]
    assert "lfs: true" in run.summary
    assert run.models()["other"]["verdict"] == "accepted"


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h14_versions_that_git_ignores_are_candidates(repo: Repo, rollout: str) -> None:
    repo.write(".gitignore", "models/\n").write("models.lock", "1\n")
    configure(repo, rollout, model={"changed_when": ["models.lock"]}).commit()
    repo.write("models.lock", "2\n").commit()
    write_model(version(repo, "1"))
    write_model(version(repo, "2"), weight=3.0)
    run = gate(repo)
    assert_passes(run)
    assert run.models()["m"]["candidate"] == "2"


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h14_a_fetched_version_is_compared_with_the_fetched_baseline(
    repo: Repo, rollout: str
) -> None:
    repo.write(".gitignore", "models/\nin-production/\n").write("model.dvc", "md5: 1\n")
    keys = {"changed_when": ["model.dvc"], "baseline": "in-production"}
    repo.file("in-production").mkdir()
    configure(repo, rollout, model=keys).commit()
    repo.write("model.dvc", "md5: 2\n").commit()
    write_model(repo.file("in-production/1"))
    write_model(version(repo, "2"), weight=3.0)
    run = gate(repo)
    assert_passes(run)
    assert run.models()["m"]["candidate"] == "2"
    assert run.check("m", "version/not-a-copy")["status"] == "passed"


STRANGER = os.getuid() + 1
READABLE = "version/readable-by-server-user"


def closed(repo: Repo, name: str) -> None:
    """As a checkout or a download under umask 077 leaves a version."""
    folder = version(repo, name)
    (folder / "saved_model.pb").chmod(0o600)
    folder.chmod(0o700)


def test_h14_a_checkout_under_a_strict_umask_says_nothing_of_production(repo: Repo) -> None:
    write_model(version(repo, "1"))
    configure(repo, serving={"user": STRANGER}).commit()
    write_model(version(repo, "2"), weight=3.0)
    closed(repo, "2")
    repo.commit()
    run = gate(repo)
    assert_passes(run)
    assert run.check("m", READABLE)["status"] == "skipped"


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h14_a_fetched_version_that_productions_user_can_read(repo: Repo, rollout: str) -> None:
    repo.write(".gitignore", "models/\n").write("models.lock", "1\n")
    keys = {"changed_when": ["models.lock"]}
    configure(repo, rollout, model=keys, serving={"user": STRANGER}).commit()
    repo.write("models.lock", "2\n").commit()
    write_model(version(repo, "2"))
    (version(repo, "2") / "saved_model.pb").chmod(0o444)
    run = gate(repo)
    assert_passes(run)
    assert run.check("m", READABLE)["status"] == ("passed" if rollout == "volume" else "skipped")


def test_h14_a_fetched_version_that_productions_user_cannot_read_fails(repo: Repo) -> None:
    repo.write(".gitignore", "models/\n")
    configure(repo, serving={"user": STRANGER}).commit()
    write_model(version(repo, "2"))
    closed(repo, "2")
    repo.write("README.md").commit()
    run = gate(repo)
    assert run.exit_code == 1, run.output
    assert set(run.failed("m")) == {READABLE}


def served(*names: str) -> str:
    rows = (
        f'  config {{ name: "{name}" base_path: "/models/{name}" model_platform: "tensorflow" }}\n'
        for name in names
    )
    return f"model_config_list {{\n{''.join(rows)}}}\n"


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h15_one_of_several_models_changes(repo: Repo, rollout: str) -> None:
    repo.write(CONFIG, served("m", "beside", "elsewhere"))
    write_model(version(repo, "1"))
    write_model(repo.file("models/beside/1"))
    beside = {"name": "beside", "path": "models/beside"}
    configure(repo, rollout, others=[beside], serving={"model_config": CONFIG}).commit()
    write_model(version(repo, "2"), weight=3.0)
    repo.commit()
    run = gate(repo)
    assert_passes(run)
    assert set(run.models()) == {"m"}
    absent = [one for one in run.models()["m"]["not_examined"] if "not in this repository" in one]
    assert len(absent) == 1
    assert "elsewhere" in absent[0]


ELSEWHERE: dict[str, Callable[[Repo], object]] = {
    "documentation": lambda repo: repo.write("README.md", "Better words.\n"),
    "tests": lambda repo: repo.write("tests/test_m.py", "def test(): pass\n"),
    "training code": lambda repo: repo.write("training/train.py", "EPOCHS = 9\n"),
    "a file beside the versions": lambda repo: repo.write(f"{MODEL}/README.md", "Better.\n"),
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_h29_something_else_changes(repo: Repo, what: str) -> None:
    write_model(version(repo, "1"))
    repo.write("README.md").write(
        "training/features.py", "def build(raw):\n    return {'x': raw}\n"
    )
    section = {"preprocessing": {"training": "training.features:build"}}
    configure(repo, model=section).commit()
    ELSEWHERE[what](repo)
    repo.commit()
    run = gate(repo)
    assert run.exit_code == 0, run.output
    assert run.report["verdict"] == "unchanged"
    assert run.report["models"] == []
    assert "Unchanged" in run.ended.stdout


def test_h29_a_model_that_moves_back_and_forth_is_unchanged(repo: Repo, tmp_path: Path) -> None:
    write_model(version(repo, "1"))
    base = configure(repo).commit()
    shutil.move(version(repo, "1"), tmp_path / "away")
    repo.commit()
    shutil.move(tmp_path / "away", version(repo, "1"))
    repo.commit()
    run = gate(repo, base=base)
    assert (run.exit_code, run.report["verdict"]) == (0, "unchanged")
