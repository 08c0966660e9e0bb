from __future__ import annotations

import io
import os
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from servegate.errors import CannotTell
from servegate.serving.docker.context import Entry, packed, tree


def archive(*entries: Entry) -> tarfile.TarFile:
    data = io.BytesIO(b"".join(packed(entries)))
    return tarfile.open(fileobj=data, errors="surrogateescape")


def names(root: Path, within: Path) -> list[str]:
    return archive(*tree(root, "tree", within=within)).getnames()


def test_modes_and_owners_are_normalised(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir(mode=0o700)
    file = tmp_path / "1" / "saved_model.pb"
    file.write_bytes(b"graph")
    file.chmod(0o600)
    found = archive(*tree(tmp_path / "1", "models/m/1", within=tmp_path))
    assert [(one.name, one.mode, one.uid, one.gid) for one in found] == [
        ("models", 0o755, 0, 0),
        ("models/m", 0o755, 0, 0),
        ("models/m/1", 0o755, 0, 0),
        ("models/m/1/saved_model.pb", 0o644, 0, 0),
    ]
    content = found.extractfile("models/m/1/saved_model.pb")
    assert content is not None
    assert content.read() == b"graph"


def test_a_name_that_comes_twice_is_sent_once() -> None:
    assert archive(
        Entry(name="a/b", content=b"1"), Entry(name="a"), Entry(name="a/c")
    ).getnames() == [
        "a",
        "a/b",
        "a/c",
    ]


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 2**20, 2**20 + 1])
def test_files_of_any_size_are_padded_to_blocks(tmp_path: Path, size: int) -> None:
    (tmp_path / "file").write_bytes(os.urandom(size))
    found = archive(Entry(name="file", content=tmp_path / "file"), Entry(name="after"))
    content = found.extractfile("file")
    assert content is not None
    assert content.read() == (tmp_path / "file").read_bytes()
    assert found.getnames() == ["file", "after"]


@pytest.mark.parametrize(
    "name", ["x" * 200, "ä" * 120, b"\xff\xfe".decode("utf-8", "surrogateescape")]
)
def test_strange_names_survive(tmp_path: Path, name: str) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / name).touch()
    assert names(tmp_path / "1", tmp_path) == ["tree", f"tree/{name}"]


def test_links_are_followed_inside_the_model_and_sent_as_links_otherwise(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("token")
    version = tmp_path / "model" / "1"
    version.mkdir(parents=True)
    (tmp_path / "model" / "shared").write_text("inside")
    (version / "inside").symlink_to("../shared")
    (version / "outside").symlink_to(secret)
    (version / "nowhere").symlink_to("gone")
    (version / "itself").symlink_to("../1")
    found = {one.name: one for one in archive(*tree(version, "1", within=tmp_path / "model"))}
    assert found["1/inside"].isreg()
    assert {name for name, one in found.items() if one.issym()} == {
        "1/outside",
        "1/nowhere",
        "1/itself",
    }


def test_a_missing_tree_is_nothing(tmp_path: Path) -> None:
    assert names(tmp_path / "absent", tmp_path) == []


def test_a_file_that_shrinks_is_no_verdict(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(3 * 2**20))
    stream = packed([Entry(name="file", content=file)])
    next(stream)
    next(stream)
    file.write_bytes(b"")
    with pytest.raises(CannotTell, match="shortened"):
        list(stream)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "file").touch(mode=0)
    with pytest.raises(CannotTell, match="chmod"):
        list(packed([Entry(name="file", content=tmp_path / "file")]))


def test_a_large_file_takes_no_memory(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with file.open("wb") as sparse:
        sparse.truncate(256 * 2**20)
    tracemalloc.start()
    try:
        sent = sum(len(chunk) for chunk in packed([Entry(name="file", content=file)]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent > 256 * 2**20
    assert peak < 16 * 2**20
