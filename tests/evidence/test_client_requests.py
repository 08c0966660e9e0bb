"""In which files requests to a model server are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.evidence.client_requests import client_requests
from servegate.facts.repository import ModelTree, Repository
from servegate.tfserving.versions import read_names

_REQUEST = "/v1/models/prices/versions/1:predict\n"
_TREES = {"prices": ModelTree(path="models/prices", names=read_names(["1", "2"]))}


def _write(root: Path, name: str, content: str | bytes = _REQUEST) -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def _files(root: Path, changed: frozenset[str] = frozenset()) -> dict[str, bool]:
    """Where requests were found, and whether the change touches that file."""
    names = tuple(sorted(str(one.relative_to(root)) for one in root.rglob("*") if not one.is_dir()))
    whole = Repository(root=root, after=_TREES, files=names, changed=changed)
    return {one.location.file: one.changed for one in client_requests(whole)}


@pytest.mark.parametrize(
    "name", ["client.py", "src/Client.java", "tests/data/request.json", "Makefile", "docs/use.md"]
)
def test_text_files(tmp_path: Path, name: str) -> None:
    _write(tmp_path, name)

    assert list(_files(tmp_path)) == [name]


@pytest.mark.parametrize(
    "name",
    [
        "models/prices/2/assets/readme.txt",
        "node_modules/x/index.js",
        "third_party/client.py",
        "package-lock.json",
        "poetry.lock",
        "notebook.ipynb",
        "table.CSV",
    ],
)
def test_what_the_team_did_not_write_to_ask_a_server(tmp_path: Path, name: str) -> None:
    _write(tmp_path, name)

    assert not _files(tmp_path)


def test_beside_the_versions_is_not_in_them(tmp_path: Path) -> None:
    _write(tmp_path, "models/prices/ask.sh")

    assert list(_files(tmp_path)) == ["models/prices/ask.sh"]


def test_binary_and_large_files(tmp_path: Path) -> None:
    _write(tmp_path, "binary", b"\0" + _REQUEST.encode())
    _write(tmp_path, "large.log", _REQUEST * 40_000)

    assert not _files(tmp_path)


def test_links_lead_nowhere(tmp_path: Path) -> None:
    _write(tmp_path / "outside", "secret.py")
    root = tmp_path / "repository"
    root.mkdir()
    (root / "client.py").symlink_to(tmp_path / "outside" / "secret.py")
    (root / "dangling.py").symlink_to("nowhere")

    assert not _files(root)


def test_what_the_change_touches_is_told_apart(tmp_path: Path) -> None:
    _write(tmp_path, "old.py")
    _write(tmp_path, "new.py")

    assert _files(tmp_path, frozenset({"new.py"})) == {"old.py": False, "new.py": True}


def test_names_that_are_not_utf8_do_no_harm(tmp_path: Path) -> None:
    _write(tmp_path, "client.py", b"\xff\xfe " + _REQUEST.encode())

    assert list(_files(tmp_path)) == ["client.py"]


def test_of_a_recording_not_every_request_is_told(tmp_path: Path) -> None:
    _write(tmp_path, "log.jsonl", _REQUEST * 1000)
    whole = Repository(root=tmp_path, after={}, files=("log.jsonl",))

    assert len(client_requests(whole)) == 200
