"""Reading a model never starts TensorFlow, and numpy only where arrays are wanted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import PROJECT
from tests.support.tinymodels import write_model

SCRIPT = """
import pkgutil, sys
from importlib import import_module
from pathlib import Path
sys.path.insert(0, sys.argv[1])
for package in ("servegate.savedmodel", "servegate.graph", "servegate.inspection"):
    if sys.argv[3] == "all":
        for one in pkgutil.iter_modules(import_module(package).__path__):
            import_module(f"{package}.{one.name}")
from servegate.inspection.document import to_json
from servegate.inspection.inspect import inspect
from servegate.inspection.render import render
found = inspect(Path(sys.argv[2]))
assert not found.versions[0].problems, found.versions[0].problems
to_json(found), render(found)
print(*sorted(sys.modules))
"""


def modules_after(directory: Path, which: str) -> set[str]:
    command = [sys.executable, "-c", SCRIPT, str(PROJECT), str(directory), which]
    return set(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())


def test_no_module_here_imports_tensorflows_runtime(tmp_path: Path) -> None:
    loaded = modules_after(write_model(tmp_path / "1"), "all")
    assert "tensorflow.core.protobuf.saved_model_pb2" in loaded
    assert not {one for one in loaded if one.startswith("tensorflow.python")}


def test_inspecting_needs_no_numpy(tmp_path: Path) -> None:
    assert "numpy" not in modules_after(write_model(tmp_path / "1"), "needed")
