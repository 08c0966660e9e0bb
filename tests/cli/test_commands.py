"""Help, wrong use, and the commands that start nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.cli.registry import all_checks
from tests.support.gaterun import entrypoint


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """An empty directory outside of any repository."""
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("arguments", [("--help",), ("gate", "--help"), ("inspect", "-h")])
def test_help_is_what_was_asked_for(here: Path, arguments: tuple[str, ...]) -> None:
    ended = entrypoint(*arguments, cwd=here)
    assert ended.exit_code == 0, ended.output
    assert "usage: entrypoint.py" in ended.stdout
    assert not ended.stderr


def test_help_has_the_exit_codes(here: Path) -> None:
    words = " ".join(entrypoint("--help", cwd=here).stdout.split())
    for meaning in ("0 accepted", "1 rejected", "2 wrong use", "3 undecided", "130 interrupted"):
        assert meaning in words


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "no command was given"),
        (("gaet",), "gaet"),
        (("gate", "--jobs", "0"), "'0' is not a number from 1 to 64"),
        (("gate", "--fail-on", "everything"), "everything"),
        (("gate", "--nonsense"), "--nonsense"),
        (("gate", "--config", "no.yml"), "no.yml"),
        (("inspect",), "PATH"),
        (("inspect", "models/none"), "there is nothing at models/none"),
        (("inspect", "line\n::error::break"), "there is nothing at"),
        (("checks", "version/not-a-cpoy"), "version/not-a-copy"),
    ],
)
def test_wrong_use_is_exit_code_2(here: Path, arguments: tuple[str, ...], told: str) -> None:
    ended = entrypoint(*arguments, cwd=here)
    assert ended.exit_code == 2, ended.output
    assert told in ended.stderr
    assert "\n::" not in ended.stderr
    assert not ended.stdout
    assert list(here.iterdir()) == []


def test_checks_lists_every_check_and_explains_each(here: Path) -> None:
    listed = entrypoint("checks", cwd=here)
    assert listed.exit_code == 0, listed.output
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [
        check.id for check in all_checks()
    ]
    page = entrypoint("checks", "version/not-a-copy", cwd=here)
    assert page.exit_code == 0, page.output
    for heading in ("version/not-a-copy", "V05", "What it checks", "Why it matters", "Remedy"):
        assert heading in page.stdout


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"version https://git-lfs.github.com/"])
def test_inspect_of_what_cannot_be_read_says_so(here: Path, content: bytes) -> None:
    (here / "1").mkdir()
    (here / "1" / "saved_model.pb").write_bytes(content)
    ended = entrypoint("inspect", str(here), cwd=here)
    assert "saved_model.pb" in ended.output
    assert ended.exit_code in (0, 1), ended.output
