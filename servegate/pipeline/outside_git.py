"""Version trees that are not in git: what production has is a directory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from servegate.changes.paths import MODEL_FILES, join
from servegate.facts.change import ChangeKind, ChildChange, Event, ModelChange
from servegate.facts.history import BaseTree
from servegate.savedmodel.files import differing_files, read_files
from servegate.savedmodel.unreadable import Unreadable
from servegate.tfserving.versions import parse_version, read_names


def with_baseline(change: ModelChange, baseline: str) -> ModelChange:
    """The change against the directory of what production has, in place of the base commit.

    Versions that only production has are not deleted: an earlier step downloads what it needs.
    """
    served = change.root / baseline
    names = [entry.name for entry in served.iterdir() if entry.is_dir()]
    children = tuple(_against(change, child, served) for child in change.children)
    changed = any(
        child.event is not Event.UNCHANGED and child.version is not None for child in children
    )
    return replace(
        change,
        kind=ChangeKind.VERSIONS if changed else change.kind,
        children=children,
        base_names=read_names(names),
    )


def _against(change: ModelChange, child: ChildChange, served: Path) -> ChildChange:
    mine, theirs = change.root / change.path / child.name, served / child.name
    if parse_version(child.name) is None or not mine.is_dir():
        return child
    held = any((theirs / name).is_file() for name in MODEL_FILES)
    if not theirs.is_dir():
        return replace(child, event=Event.ADDED, held_model=False)
    try:
        differing = differing_files(read_files(mine), read_files(theirs))
    except Unreadable:
        differing = MODEL_FILES  # what cannot be read is equal to nothing
    return replace(
        child,
        event=Event.CHANGED if differing else Event.UNCHANGED,
        held_model=held,
        files=tuple(join(change.path, f"{child.name}/{file}") for file in differing),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryTree:
    """A directory of version directories that stands for the base of one model.

    Files other than versions (`models.config`) are read from the base commit, where there is one.
    """

    directory: Path
    commit: BaseTree | None

    def read(self, path: str) -> bytes | None:
        """A file of the base commit."""
        return self.commit.read(path) if self.commit else None

    def materialise(self, path: str, into: Path) -> object | None:
        """Links the version directory; nothing is copied."""
        served = self.directory / Path(path).name
        if not served.is_dir():
            return None
        into.parent.mkdir(parents=True, exist_ok=True)
        into.symlink_to(served.absolute())
        return into
