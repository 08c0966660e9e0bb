"""Mistakes in servegate.yml: exit 2, all of them at once, with file and line."""

from __future__ import annotations

import pytest

from tests.support.gaterun import GateRun, gate
from tests.support.repos import Repo
from tests.support.tinymodels import write_model

MISTAKEN = """\
serving:
  rolout: image
  load_timeout: soon
models:
  - name: m
    path: models/m
    examples: data/missing.jsonl
    checks:
      version/not-a-cpoy: {severity: advisory, reason: none}
"""
LAUGHS = "a0: &a0 [ha, ha]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30)
)


def refused(repo: Repo, content: str | bytes) -> GateRun:
    """The run with this servegate.yml, which must be one of exit code 2 without reports."""
    write_model(repo.file("models/m/1"))
    repo.write("servegate.yml", content).commit()
    run = gate(repo)
    assert run.exit_code == 2, run.output
    assert run.ended.stdout == ""
    assert list(run.folder.iterdir()) == []
    return run


def test_all_mistakes_with_file_line_and_nearest_key(repo: Repo) -> None:
    said = refused(repo, MISTAKEN).ended.stderr.splitlines()
    assert len(said) == 4, said
    for line, words in {
        2: ("rolout", "rollout"),
        3: ("soon",),
        7: ("data/missing.jsonl",),
        9: ("version/not-a-cpoy", "version/not-a-copy"),
    }.items():
        told = next(one for one in said if f"servegate.yml:{line}:" in one)
        assert all(word in told for word in words), told


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(LAUGHS, id="aliases that explode"),
        pytest.param("ignore:\n" + "  - " + "x" * 10_000_000 + "\n", id="one line of 10 MB"),
        pytest.param("ignore:\n" + "  - x\n" * 1_700_000, id="10 MB of lines"),
        pytest.param("models: [" + "[" * 100_000, id="nested"),
        pytest.param("models: {\n", id="no YAML"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param("- a list\n", id="no mapping"),
    ],
)
def test_what_is_no_configuration_at_all(repo: Repo, content: str | bytes) -> None:
    said = refused(repo, content).ended.stderr
    assert "servegate.yml" in said
    assert len(said) < 2000


def test_a_configuration_that_is_not_there(repo: Repo) -> None:
    run = gate(repo, "--config", "deploy/gate.yml")
    assert run.exit_code == 2, run.output
    assert "deploy/gate.yml" in run.ended.stderr
