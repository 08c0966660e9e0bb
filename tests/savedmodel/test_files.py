"""The files of a version directory, and whether two trees are the same."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from servegate.savedmodel import files
from servegate.savedmodel.files import FileKind, differing_files, read_files, same_files
from servegate.savedmodel.unreadable import Fault, Unreadable


def pointer(content: bytes) -> bytes:
    oid = hashlib.sha256(content).hexdigest()
    return (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n"
    ).encode()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    directory = tmp_path / "1"
    (directory / "variables").mkdir(parents=True)
    (directory / "empty").mkdir()
    (directory / "saved_model.pb").write_bytes(b"graph")
    (directory / "variables" / "variables.index").write_bytes(b"index")
    return directory


def kinds(directory: Path, within: Path | None = None) -> dict[str, FileKind]:
    return {one.relpath: one.kind for one in read_files(directory, within=within).files}


def test_all_files_and_their_sizes(tree: Path) -> None:
    found = read_files(tree)
    assert [(one.relpath, one.size) for one in found.files] == [
        ("saved_model.pb", 5),
        ("variables/variables.index", 5),
    ]
    assert found.size == 10
    assert found.named("saved_model.pb") == found.files[0]
    assert found.named("assets/vocab.txt") is None
    assert found.digest(found.files[0]) == hashlib.sha256(b"graph").hexdigest()


def test_links_within_and_out_of_the_tree(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "vocab.txt").write_bytes(b"words")
    (tree / "inside").symlink_to("saved_model.pb")
    (tree / "outside").symlink_to(tmp_path / "shared" / "vocab.txt")
    (tree / "folder").symlink_to(tmp_path / "shared")
    (tree / "dangling").symlink_to("nowhere")
    (tree / "circle").symlink_to("circle")
    (tree / "variables" / "up").symlink_to("..")
    found = kinds(tree)
    assert found["inside"] is FileKind.REGULAR
    assert found["outside"] is FileKind.OUTSIDE
    assert found["folder"] is FileKind.OUTSIDE
    assert found["dangling"] is FileKind.DANGLING
    assert found["circle"] is FileKind.DANGLING
    assert not any(name.startswith("variables/up") for name in found)
    wider = kinds(tree, within=tmp_path)
    assert wider["outside"] is FileKind.REGULAR
    assert wider["folder/vocab.txt"] is FileKind.REGULAR


def test_pipes_and_odd_names(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    Path(os.fsdecode(os.fsencode(tree) + b"/caf\xe9\n<b>")).write_bytes(b"")
    found = kinds(tree)
    assert found["pipe"] is FileKind.SPECIAL
    assert found["caf\udce9\n<b>"] is FileKind.REGULAR


def test_pointers(tree: Path) -> None:
    (tree / "saved_model.pb").write_bytes(pointer(b"the graph"))
    (tree / "mangled").write_bytes(b"version https://git-lfs.github.com/spec/v1\n<<<<<<<")
    found = read_files(tree)
    one, mangled = found.named("saved_model.pb"), found.named("mangled")
    assert one is not None
    assert one.pointer is not None
    assert one.pointer.size == 9
    assert found.digest(one) == hashlib.sha256(b"the graph").hexdigest()
    assert mangled is not None
    assert mangled.kind is FileKind.POINTER
    assert mangled.pointer is not None
    assert mangled.pointer.oid is None


def copy(tree: Path, target: Path) -> Path:
    for one in read_files(tree).files:
        (target / one.relpath).parent.mkdir(parents=True, exist_ok=True)
        (target / one.relpath).write_bytes((tree / one.relpath).read_bytes())
    return target


def test_the_same_and_not_the_same(tree: Path, tmp_path: Path) -> None:
    other = copy(tree, tmp_path / "2")
    assert same_files(read_files(tree), read_files(other))
    (other / "saved_model.pb").write_bytes(b"grape")
    (other / "more").write_bytes(b"")
    assert differing_files(read_files(tree), read_files(other)) == ("more", "saved_model.pb")


def test_a_pointer_is_the_same_as_what_it_stands_for(tree: Path, tmp_path: Path) -> None:
    other = copy(tree, tmp_path / "2")
    (other / "saved_model.pb").write_bytes(pointer(b"graph"))
    assert same_files(read_files(tree), read_files(other))
    (other / "saved_model.pb").write_bytes(pointer(b"grape"))
    assert not same_files(read_files(tree), read_files(other))


def test_what_cannot_be_read_cannot_be_compared(tree: Path) -> None:
    (tree / "dangling").symlink_to("nowhere")
    with pytest.raises(Unreadable, match="leads nowhere"):
        same_files(read_files(tree), read_files(tree))


def test_directories_that_are_none(tree: Path, tmp_path: Path) -> None:
    for path, fault in (
        (tmp_path / "absent", Fault.MISSING),
        (tree / "saved_model.pb", Fault.NOT_A_FILE),
    ):
        with pytest.raises(Unreadable) as caught:
            read_files(path)
        assert caught.value.fault is fault


def test_a_walk_ends(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_ENTRIES", 3)
    with pytest.raises(Unreadable, match="more than 3 files"):
        read_files(tree)


def test_links_that_multiply_paths_end_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_ENTRIES", 500)
    for number in range(12):  # 4 ** 12 paths
        folder = tmp_path / "1" / f"level{number}"
        folder.mkdir(parents=True)
        for name in "abcd":
            (folder / name).symlink_to(tmp_path / "1" / f"level{number + 1}")
    (tmp_path / "1" / "level12").mkdir()
    with pytest.raises(Unreadable, match="more than 500 files"):
        read_files(tmp_path / "1")
