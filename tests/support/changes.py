"""Asks `servegate.changes` what a test's repository has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from servegate.changes.classify import candidates, model_changes
from servegate.changes.difference import Difference, read_difference
from servegate.changes.discovery import ModelSource, discover
from servegate.changes.git import Git, open_repository
from servegate.deadline import Deadline
from servegate.facts.change import ModelChange
from tests.support.repos import Repo


def opened(path: Path) -> Git:
    """The repository at a path, with a minute's time."""
    git = open_repository(path, Deadline.after(60))
    assert git is not None
    return git


def difference_of(repo: Repo, base: str | None, sources: Sequence[ModelSource] = ()) -> Difference:
    """Base against working tree."""
    paths = [source.path for source in sources]
    return read_difference(repo.path, opened(repo.path), base, paths)


def changes_of(
    repo: Repo,
    base: str | None,
    sources: Sequence[ModelSource] = (),
    *,
    everything: bool = False,
    ignore: Sequence[str] = (),
) -> dict[str, ModelChange]:
    """What happened to each model, by its name; discovered ones where no source is given."""
    difference = difference_of(repo, base, sources)
    found = model_changes(
        sources or discover(difference, ignore), difference, everything=everything
    )
    return {change.name: change for change in found}


def events_of(change: ModelChange) -> dict[str, str]:
    """The event of every child."""
    return {child.name: child.event.name for child in change.children}


def candidates_of(change: ModelChange) -> list[tuple[str, str, int | None]]:
    """(directory, event, superseded by) of every candidate."""
    return [(one.directory, one.event.name, one.superseded_by) for one in candidates(change)]


def pointer_to(content: bytes) -> str:
    """The Git LFS pointer for a file."""
    oid = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n"
