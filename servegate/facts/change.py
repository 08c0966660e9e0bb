"""What a change did to the versions of a model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from servegate.tfserving.versions import Version, VersionNames


class Event(StrEnum):
    """What happened to one child of the base path between base and head.

    `RENAMED` is the new name of a version whose files are those of a deleted one; the old name
    is a child of its own, `DELETED`. Without a base to compare with, all are `UNCHANGED`.
    """

    ADDED = "added"
    CHANGED = "changed in place"
    DELETED = "deleted"
    RENAMED = "renamed"
    UNCHANGED = "unchanged"


class ChangeKind(StrEnum):
    """Why a model is validated at all; the first that holds."""

    VERSIONS = "its version tree changed"
    DEPENDENCY = "a file that its verdict rests on changed"
    EVERYTHING = "everything is validated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildChange:
    """One child of the base path. `renamed_from` is set for `RENAMED`: same files, other name.

    `holds_model` says whether `saved_model.pb` or `.pbtxt` lies directly in it (in head, or in
    base for `DELETED`), `held_model` whether it did in base. `files` are the changed files,
    relative to the repository. `in_git` is False where no file of it is committed or would be:
    ignored by git, downloaded by an earlier step.
    """

    name: str
    version: Version | None
    event: Event
    holds_model: bool
    held_model: bool = False
    is_directory: bool = True
    in_git: bool = True
    renamed_from: str | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange:
    """What a change did to one model.

    `path` is the base path, relative to the repository ("." for its root), `path_before` what it
    was before the change where that differs, `root` the repository's absolute path. `children`
    holds every child of the base path in base or head, in the order of their names. `base_names`
    and `head_names` are what TF Serving would see in each (children that hold no file are not in
    git and so in neither); `base_names` is empty where no base is known. `changed_files` are files
    outside the version trees that the verdict rests on.
    """

    name: str
    path: str
    root: Path
    kind: ChangeKind
    children: tuple[ChildChange, ...]
    base_names: VersionNames
    head_names: VersionNames
    changed_files: tuple[str, ...] = ()
    path_before: str = ""

    def place_before(self, name: str) -> str:
        """Where a child of the base path was before the change, relative to the repository."""
        base_path = self.path_before or self.path
        return name if base_path == "." else f"{base_path}/{name}"

    def child(self, name: str) -> ChildChange | None:
        """The child of this name, None where neither side has one."""
        return next((one for one in self.children if one.name == name), None)

    @property
    def removed(self) -> bool:
        """Whether the change takes away the last version: there is nothing left to serve."""
        versions = [one for one in self.children if one.version is not None]
        left = any(one.holds_model and one.event is not Event.DELETED for one in versions)
        return not left and any(one.held_model for one in versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One version that would go to production.

    `root` is the absolute path of its version directory in the working tree; `directory` is that
    directory's name ("00000123" for version 123). `superseded_by` names a higher version that the
    same change adds: production never serves this one under `latest`.
    """

    model: str
    path: str
    version: Version
    directory: str
    root: Path
    event: Event
    superseded_by: Version | None = None

    @property
    def place(self) -> str:
        """The version directory, relative to the repository."""
        return self.directory if self.path == "." else f"{self.path}/{self.directory}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclaimed:
    """A changed `saved_model.pb[txt]` that belongs to no model.

    `has_numbered_siblings`: numbered versions lie beside its directory, so it was meant to be
    one of them. `model_path` is then the base path of that model; it is also set where the
    directory itself is a number. Else there is no telling what it is, and it is None.
    `continues` is the base path above whose versions the directory's number goes on from.
    """

    path: str
    has_numbered_siblings: bool
    model_path: str | None = None
    continues: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The version that production serves before the change, with its files on disk.

    `root` is its version directory, materialised from the base commit (Git LFS pointers are left
    as they are when their content is not in the clone).
    """

    version: Version
    directory: str
    root: Path
