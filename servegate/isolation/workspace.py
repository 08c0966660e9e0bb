"""The temporary directory of one run, and the sweeping of those that dead runs have left."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from servegate.isolation.owner import Owner

_NAME = re.compile(r"servegate-(\d+)-(\d+)-(\d+)-")


class Workspace:
    """A directory `servegate-<namespace>-<pid>-<start time>-…` that goes with the run.

    The name says whose it is (see `Owner`); entering sweeps what runs that were killed have left
    behind.
    """

    def __init__(self, parent: Path | None = None) -> None:
        self._parent = parent or Path(tempfile.gettempdir())
        sweep(self._parent)
        owner = Owner.this_process()
        own = f"servegate-{owner.namespace}-{owner.pid}-{owner.started}-"
        self.path = Path(tempfile.mkdtemp(prefix=own, dir=self._parent)).resolve()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        remove_tree(self.path)


def new_folder(workspace: Path, topic: str) -> Path:
    """An empty directory of its own below a workspace; safe to call from several threads."""
    return Path(tempfile.mkdtemp(prefix=f"{topic}-", dir=workspace))


def sweep(parent: Path) -> tuple[Path, ...]:
    """Removes the workspaces of runs that are no more; those that were there."""
    swept = []
    for entry in parent.glob("servegate-*"):
        if _is_abandoned(entry):
            remove_tree(entry)
            swept.append(entry)
    return tuple(swept)


def remove_tree(path: Path) -> None:
    """Removes a directory as far as that is possible, also where code took rights away in it."""

    def open_up(function: Callable[..., Any], failed: str, _error: object) -> None:
        for folder in (Path(failed).parent, Path(failed)):
            if not folder.is_symlink() and folder.is_dir():
                folder.chmod(stat.S_IRWXU)
        if function is os.unlink:
            Path(failed).unlink()
        elif not Path(failed).is_symlink():
            shutil.rmtree(failed, ignore_errors=True)

    try:
        shutil.rmtree(path, onerror=open_up)
    except (OSError, RecursionError):
        shutil.rmtree(path, ignore_errors=True)


def _is_abandoned(entry: Path) -> bool:
    match = _NAME.match(entry.name)
    if match is None:
        return False
    namespace, pid, started = map(int, match.groups())
    try:
        status = entry.lstat()
    except OSError:
        return False
    ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
    return ours and Owner(namespace=namespace, pid=pid, started=started).is_gone
