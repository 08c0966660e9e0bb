from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from servegate.isolation.workspace import Workspace, new_folder, remove_tree, sweep

PROJECT = Path(__file__).resolve().parents[2]


def abandoned(parent: Path) -> Path:
    """The workspace of a run that was killed."""
    code = (
        "import os, sys; from pathlib import Path;"
        "from servegate.isolation.workspace import Workspace;"
        "print(Workspace(Path(sys.argv[1])).path, flush=True); os._exit(9)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(parent)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    return Path(result.stdout.strip())


def test_it_goes_with_the_run(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        first = new_folder(workspace.path, "server")
        second = new_folder(workspace.path, "server")
        assert first != second
        (first / "file").write_text("x")
    assert list(tmp_path.iterdir()) == []


def test_the_next_run_sweeps_what_a_dead_one_left(tmp_path: Path) -> None:
    left = abandoned(tmp_path)
    assert left.is_dir()
    with Workspace(tmp_path) as workspace:
        assert list(tmp_path.iterdir()) == [workspace.path]


def test_a_living_run_is_left_alone(tmp_path: Path) -> None:
    with Workspace(tmp_path) as first, Workspace(tmp_path):
        assert first.path.is_dir()


def test_a_reused_process_id_does_not_protect_a_dead_run(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        namespace, pid, started = workspace.path.name.split("-")[1:4]
        old = tmp_path / f"servegate-{namespace}-{pid}-{int(started) - 1}-abc"
        old.mkdir()
        assert sweep(tmp_path) == (old,)


def test_what_is_not_a_workspace_of_ours_is_left_alone(tmp_path: Path) -> None:
    kept = [tmp_path / "servegate-report", tmp_path / "servegate-1-2-3-other-namespace"]
    for folder in kept:
        folder.mkdir()
    left = abandoned(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    left.rename(elsewhere)
    left.symlink_to(elsewhere)
    assert sweep(tmp_path) == ()
    assert elsewhere.is_dir()
    assert all(folder.is_dir() for folder in kept)


def test_a_tree_without_rights_is_removed(tmp_path: Path) -> None:
    code = """
import os, sys
from pathlib import Path
from servegate.isolation.workspace import remove_tree
if os.geteuid() == 0:
    os.chown(sys.argv[1], 65534, 65534); os.setgid(65534); os.setuid(65534)
inner = Path(sys.argv[1]) / "tree" / "inner"
inner.mkdir(parents=True)
(inner / "file").write_text("x")
(inner / "link").symlink_to("/")
inner.chmod(0)
inner.parent.chmod(0o500)
remove_tree(inner.parent)
print(inner.parent.exists())
"""
    place = tmp_path / "place"
    place.mkdir()
    for folder in (place, *place.parents):
        if folder.stat().st_uid == os.geteuid() and str(folder) not in ("/", "/tmp"):  # noqa: S108
            folder.chmod(0o755)
    result = subprocess.run(
        [sys.executable, "-c", code, str(place)],
        cwd=PROJECT,
        env={"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stdout, result.stderr) == ("False\n", "")


def test_removing_what_is_not_there_is_harmless(tmp_path: Path) -> None:
    remove_tree(tmp_path / "nothing")
