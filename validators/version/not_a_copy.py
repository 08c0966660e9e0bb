"""A new number on the old files."""

from __future__ import annotations

from pathlib import Path

from servegate.checks import Outcome, check
from servegate.facts.change import Baseline, Candidate, ChildChange, Event, ModelChange
from servegate.findings import Finding, Location, Remark
from servegate.providers import NotApplicable
from servegate.savedmodel.files import VersionFiles, read_files, same_files
from servegate.savedmodel.unreadable import Unreadable


@check(claims=("V05",))
def not_a_copy(
    candidate: Candidate, change: ModelChange, baseline: Baseline, files: VersionFiles
) -> Outcome:
    """The candidate differs from the version that is served now.

    What it checks:
        Every file of the candidate against the version that production serves before the change.
        It fails only if every file is equal. A candidate that equals an older version is a
        roll-forward: it passes, and the report says which version it republishes.

    Why it matters:
        Everybody believes that a new model went to production, and the answers stay what they
        were. The export, the download or the copy of the new model went wrong unnoticed.

    Remedy:
        Export the new model again and compare its files with the old ones. If republishing was
        the intention, say so with an `accept:` entry for this version.
    """
    if candidate.event not in (Event.ADDED, Event.RENAMED):
        raise NotApplicable("This change adds no version.")
    if _same(files, baseline.root):
        yield Finding(
            message=f"Version {candidate.version} is the version {baseline.version} that is "
            "served now: every file is equal, and production's answers would stay what they are.",
            expected=f"files that differ from version {baseline.version}",
            observed=f"{len(files.files)} files, all equal to the base's {baseline.directory}/",
            remedy="Export the new model again. If this is what you want, add to servegate.yml: "
            f"accept: [{{check: version/not-a-copy, model: {candidate.model}, version: "
            f'"{candidate.version}", reason: "…"}}]',
            location=Location(file=candidate.place),
        )
        return
    equal = _equal_child(candidate, change, files)
    if equal is None:
        return
    if equal.event in (Event.ADDED, Event.RENAMED):
        yield Remark(message=f"Equals version {equal.version}, which the same change adds.")
    else:
        yield Remark(
            message=f"Republishes version {equal.version}.",
            evidence={"republishes": str(equal.version)},
        )


def _equal_child(
    candidate: Candidate, change: ModelChange, files: VersionFiles
) -> ChildChange | None:
    """Another version beside the candidate with the same files."""
    for child in change.children:
        if child.version is None or child.version == candidate.version or not child.holds_model:
            continue
        root = change.root / change.path / child.name
        if root.is_dir() and _same(files, root):
            return child
    return None


def _same(files: VersionFiles, other: Path) -> bool:
    """What cannot be read is equal to nothing; version/files-complete tells of it."""
    try:
        return same_files(files, read_files(other))
    except Unreadable:
        return False
