"""Modes as the kernel reads them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from servegate.savedmodel.files import read_files
from servegate.savedmodel.modes import FileMode, User, read_modes

_DIRECTORY = 0o040000
_FILE = 0o100000


def mode(bits: int, *, kind: int = _FILE) -> FileMode:
    return FileMode(relpath="f", mode=kind | bits, uid=1001, gid=100)


@pytest.mark.parametrize(
    ("bits", "uid", "gid", "readable"),
    [
        (0o400, 1001, 0, True),
        (0o400, 1002, 0, False),
        (0o040, 1002, 100, True),
        (0o040, 1002, 0, False),
        (0o004, 1002, 0, True),
        (0o044, 1001, 100, False),
        (0o604, 1002, 100, False),
        (0o000, 0, 0, True),
    ],
)
def test_the_first_class_that_fits_decides(
    bits: int, uid: int, gid: int, *, readable: bool
) -> None:
    assert mode(bits).readable_for(User(uid=uid, gid=gid)) is readable


@pytest.mark.parametrize(
    ("bits", "readable"), [(0o755, True), (0o754, False), (0o751, False), (0o700, False)]
)
def test_directories_are_listed_and_entered(bits: int, *, readable: bool) -> None:
    assert mode(bits, kind=_DIRECTORY).readable_for(User(uid=1002, gid=0)) is readable


@pytest.mark.parametrize(
    ("bits", "readable"), [(0o640, True), (0o604, True), (0o600, False), (0o622, False)]
)
def test_others_than_the_owner(bits: int, *, readable: bool) -> None:
    assert mode(bits).readable_for_others_than_the_owner is readable


def test_the_way_to_every_file_is_read(tmp_path: Path) -> None:
    version = tmp_path / "1"
    (version / "assets" / "words").mkdir(parents=True)
    (version / "assets" / "words" / "a.txt").write_text("a")
    (version / "link.txt").symlink_to("assets/words/a.txt")
    (version / "gone.txt").symlink_to("nowhere")
    (version / "assets" / "words" / "a.txt").chmod(0o640)
    found = {one.relpath: one for one in read_modes(read_files(version))}

    assert list(found) == [".", "assets", "assets/words", "assets/words/a.txt", "link.txt"]
    assert found["link.txt"].permissions == found["assets/words/a.txt"].permissions == "640"
    assert found["link.txt"].uid == os.getuid()


def test_names_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\n.txt")
    (tmp_path / name).write_text("a")

    assert name in [one.relpath for one in read_modes(read_files(tmp_path))]
