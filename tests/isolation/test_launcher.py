from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from servegate.isolation.process import LAUNCHER

WORKER = LAUNCHER.parents[1] / "usercode" / "worker.py"


@pytest.mark.parametrize("program", [LAUNCHER, WORKER], ids=lambda path: path.name)
def test_needs_python_3_8_and_its_standard_library_alone(program: Path) -> None:
    tree = ast.parse(program.read_text("utf-8"), feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names
    assert "__future__" in imported  # annotations may be written as in later versions
