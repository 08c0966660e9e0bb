from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from servegate.changes.baseline import CommitTree, UnsafeTree
from tests.support.changes import opened, pointer_to
from tests.support.repos import Repo, git_environment


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def _tree(repo: Repo, commit: str) -> CommitTree:
    return CommitTree(git=opened(repo.path), commit=commit)


def _files(root: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(root)): file.read_bytes()
        for file in root.rglob("*")
        if file.is_file() and not file.is_symlink()
    }


def test_a_version_comes_back_as_it_was(repo: Repo, tmp_path: Path) -> None:
    large = os.urandom(1 << 20) * 3
    strange = os.fsdecode(b"new\nline \xff")
    repo.write("m/1/saved_model.pb", large).write(f"m/1/assets/{strange}", "").write(
        "m/1/run", "#!"
    )
    repo.file("m/1/run").chmod(0o755)
    # Attributes that `git archive` would follow.
    repo.write("m/1/assets/id", "$Format:%H$").write(
        "m/1/.gitattributes", "assets/id export-subst eol=crlf\nrun export-ignore\n"
    )
    base = repo.commit()
    repo.delete("m").write("other").commit()
    found = _tree(repo, base).materialise("m/1", tmp_path / "new" / "1")
    assert found is not None
    assert (found.omitted, found.pointers) == ((), ())
    written = _files(found.root)
    assert written.pop("saved_model.pb") == large
    assert written == {
        f"assets/{strange}": b"",
        "assets/id": b"$Format:%H$",
        ".gitattributes": b"assets/id export-subst eol=crlf\nrun export-ignore\n",
        "run": b"#!",
    }
    assert os.access(found.root / "run", os.X_OK)
    assert not os.access(found.root / "saved_model.pb", os.X_OK)


def test_links_never_lead_outside(repo: Repo, tmp_path: Path) -> None:
    inside = {"here": "saved_model.pb", "assets/up": "../saved_model.pb", "self": ".", "gone": "no"}
    outside = {
        "absolute": "/etc/passwd",
        "up": "../2/saved_model.pb",
        "assets/far": "../../x",
        "through": "self/../../x",
    }
    repo.model("m/1")
    for name, target in (inside | outside).items():
        repo.link(f"m/1/{name}", target)
    base = repo.commit()
    found = _tree(repo, base).materialise("m/1", tmp_path / "new")
    assert found is not None
    assert found.omitted == tuple(sorted(outside))
    links = {name: str((found.root / name).readlink()) for name in inside}
    assert links == inside
    assert not any(os.path.lexists(found.root / name) for name in outside)


def test_lfs_content_comes_from_the_clones_store(repo: Repo, tmp_path: Path) -> None:
    for name, content in {"fetched": b"weights", "tool": b"#!", "absent": b"elsewhere"}.items():
        repo.write(f"m/1/{name}", pointer_to(content))
    repo.file("m/1/tool").chmod(0o755)
    base = repo.commit()
    for content in (b"weights", b"#!"):
        oid = pointer_to(content).split()[3].removeprefix("sha256:")
        repo.write(f".git/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}", content)
    found = _tree(repo, base).materialise("m/1", tmp_path / "new")
    assert found is not None
    assert found.pointers == ("absent",)
    assert _files(found.root) == {
        "fetched": b"weights",
        "tool": b"#!",
        "absent": pointer_to(b"elsewhere").encode(),
    }
    assert os.access(found.root / "tool", os.X_OK)


def test_a_stored_object_of_the_wrong_size_is_not_used(repo: Repo, tmp_path: Path) -> None:
    oid = pointer_to(b"weights").split()[3].removeprefix("sha256:")
    repo.write("m/1/x", pointer_to(b"weights"))
    base = repo.commit()
    repo.write(f".git/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}", b"wei")
    found = _tree(repo, base).materialise("m/1", tmp_path / "new")
    assert found is not None
    assert found.pointers == ("x",)


def test_what_is_not_there(repo: Repo, tmp_path: Path) -> None:
    repo.model("m/1").write("m/3", "a file")
    tree = _tree(repo, repo.commit())
    assert tree.materialise("m/2", tmp_path / "new") is None
    assert tree.materialise("m/3", tmp_path / "new") is None
    assert not (tmp_path / "new").exists()
    assert tree.read("m/2") is None
    assert tree.read("m") is None
    assert tree.read("m/\0") is None
    assert tree.names("m/3") == tree.names("nope") == ()


def test_names_and_files_of_a_commit(repo: Repo) -> None:
    repo.model("m/1").model("m/02\n").write("m/notes", b"\xff\0").write("servegate.yml", "")
    tree = _tree(repo, repo.commit())
    assert set(tree.names("m")) == {"1", "02\n", "notes"}
    assert set(tree.names(".")) == {"m", "servegate.yml"}
    assert tree.read("m/notes") == b"\xff\0"
    assert tree.read("servegate.yml") == b""


def test_a_repository_below_the_top(repo: Repo, tmp_path: Path) -> None:
    repo.model("sub/m/1").write("sub/servegate.yml", "inner").write("servegate.yml", "outer")
    base = repo.commit()
    tree = CommitTree(git=opened(repo.path / "sub"), commit=base)
    assert tree.names("m") == ("1",)
    assert set(tree.names(".")) == {"m", "servegate.yml"}
    assert tree.read("servegate.yml") == b"inner"
    found = tree.materialise("m", tmp_path / "new")
    assert found is not None
    assert set(_files(found.root)) == {"1/saved_model.pb", "1/variables/variables.index"}


@pytest.mark.parametrize("name", ["..", ".git"])
def test_a_tree_that_git_would_not_make(repo: Repo, tmp_path: Path, name: str) -> None:
    blob = bytes.fromhex(repo.git("hash-object", "-w", "--stdin"))
    inner = _raw_tree(repo, b"100644 x\0" + blob)
    outer = _raw_tree(repo, b"40000 " + name.encode() + b"\0" + bytes.fromhex(inner))
    with pytest.raises(UnsafeTree):
        _tree(repo, outer).materialise(".", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_tree_with_a_file_below_a_link(repo: Repo, tmp_path: Path) -> None:
    blob = bytes.fromhex(repo.git("hash-object", "-w", "--stdin"))
    inner = bytes.fromhex(_raw_tree(repo, b"100644 x\0" + blob))
    outer = _raw_tree(repo, b"120000 a\0" + blob + b"40000 a\0" + inner)
    with pytest.raises(UnsafeTree):
        _tree(repo, outer).materialise(".", tmp_path / "new")


def _raw_tree(repo: Repo, content: bytes) -> str:
    done = subprocess.run(
        ["git", "hash-object", "-w", "-t", "tree", "--literally", "--stdin"],
        cwd=repo.path,
        env=git_environment(),
        input=content,
        check=True,
        capture_output=True,
    )
    return done.stdout.decode().strip()


def test_a_submodule_is_left_out(repo: Repo, tmp_path: Path) -> None:
    inner = Repo(tmp_path / "inner")
    inner.write("x").commit()
    repo.model("m/1")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", inner.path.as_uri(), "m/1/sub")
    found = _tree(repo, repo.commit()).materialise("m/1", tmp_path / "new")
    assert found is not None
    assert found.omitted == ("sub",)
