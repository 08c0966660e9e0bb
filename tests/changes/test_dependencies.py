from __future__ import annotations

from pathlib import Path

import pytest

from servegate.changes.dependencies import imported_files


def _existing(root: Path, module: str) -> set[str]:
    return {file for file in imported_files(root, module) if (root / file).exists()}


def _write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import common.scale", {"common/__init__.py", "common/scale.py"}),
        ("import common.scale as s, os", {"common/__init__.py", "common/scale.py"}),
        ("from common import scale, other", {"common/__init__.py", "common/scale.py"}),
        ("from common.scale import mean", {"common/__init__.py", "common/scale.py"}),
        ("from common import *", {"common/__init__.py"}),
        ("def f():\n  if x:\n    import space.thing", {"space/thing.py"}),
        ("from . import sibling", {"training/sibling.py"}),
        ("from .sibling import x", {"training/sibling.py"}),
        ("from .deep.er import x", {"training/deep/er.py"}),
        ("from .. import common", set()),
        ("import numpy.linalg", set()),
        ("import packaged", {"src/packaged/__init__.py"}),
        ("s = '\\d'\nimport common", {"common/__init__.py"}),
        ("import common\nthis isn't Python", set[str]()),
    ],
)
def test_imports(tmp_path: Path, text: str, found: set[str]) -> None:
    root = _write(
        tmp_path,
        {
            "training/features.py": text,
            "training/sibling.py": "",
            "training/deep/er.py": "",
            "common/__init__.py": "",
            "common/scale.py": "",
            "space/thing.py": "",
            "src/packaged/__init__.py": "",
        },
    )
    assert _existing(root, "training.features") == found | {"training/features.py"}


def test_the_closure_follows_packages_and_cycles(tmp_path: Path) -> None:
    root = _write(
        tmp_path,
        {
            "a/__init__.py": "from .b import c",
            "a/b/__init__.py": "from ..d import *",
            "a/b/c.py": "import a.e",
            "a/d.py": "from a import e",
            "a/e.py": "from . import b\nfrom .b.c import x",
            "a/unrelated.py": "",
        },
    )
    assert _existing(root, "a.b.c") == {
        "a/__init__.py",
        "a/b/__init__.py",
        "a/b/c.py",
        "a/d.py",
        "a/e.py",
    }


def test_modules_that_are_gone_are_named_by_where_they_would_be(tmp_path: Path) -> None:
    root = _write(tmp_path, {"features.py": "from common.scale import mean"})
    found = imported_files(root, "features")
    assert {"common/scale.py", "common/scale/__init__.py", "common/__init__.py"} <= set(found)
    assert "client/request.py" in imported_files(root, "client.request")


def test_a_module_may_be_a_package(tmp_path: Path) -> None:
    root = _write(tmp_path, {"m/__init__.py": "from . import x", "m/x.py": "", "m.py": "import y"})
    assert _existing(root, "m") == {"m/__init__.py", "m/x.py", "m.py"}


@pytest.mark.parametrize(
    "content",
    [b"\0", b"\xff\xfe", b"x = " + b"(" * 5000, b"# coding: nope\n", b"1+" * 50_000 + b"1"],
)
def test_files_that_do_not_parse(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.py").write_bytes(content)
    assert "m.py" in imported_files(tmp_path, "m")


def test_nothing_outside_the_repository_is_read(tmp_path: Path) -> None:
    root = _write(tmp_path / "repo", {"x.py": ""})
    (tmp_path / "secret.py").write_text("import x")
    (root / "m.py").symlink_to("../secret.py")
    (root / "loop.py").symlink_to("loop.py")
    assert "x.py" not in imported_files(root, "m")
    assert "loop.py" in imported_files(root, "loop")
    assert imported_files(root, "../secret") == ()
