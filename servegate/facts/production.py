"""What production would do with a tree: its configuration, simulated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from servegate.facts.repository import ModelTree, Repository
from servegate.findings import Location
from servegate.tfserving.policy import PolicyKind, VersionPolicy
from servegate.tfserving.versions import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionModel:
    """One model as production is configured to serve it.

    `base_path` is the path inside the production container. `location` is the entry in
    `models.config`, `policy_location` the line that sets the policy; both None without a config.
    `labels` maps a label to the version it names, `label_locations` to the line that says so.
    """

    name: str
    base_path: str
    policy: VersionPolicy
    labels: Mapping[str, Version] = field(default_factory=dict)
    location: Location | None = None
    policy_location: Location | None = None
    base_path_location: Location | None = None
    label_locations: Mapping[str, Location] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One model in production at one commit.

    `model` is None when a production config exists and does not name the model. `aspired` are the
    versions that the policy wants loaded from the tree of that commit, lowest first; `present`
    are all that the tree holds.
    """

    model: ProductionModel | None
    aspired: tuple[Version, ...]
    present: tuple[Version, ...] = ()

    def unversioned(self) -> Version | None:
        """The version that answers requests which name none: the highest aspired one."""
        return self.aspired[-1] if self.aspired else None

    @property
    def pinned(self) -> bool:
        """Whether the policy names the versions that are loaded."""
        return self.model is not None and self.model.policy.kind is PolicyKind.SPECIFIC

    def labels_of(self, version: Version) -> tuple[str, ...]:
        """The labels that name a version."""
        labels = self.model.labels.items() if self.model else ()
        return tuple(label for label, named in labels if named == version)

    def pins(self, version: Version) -> bool:
        """Whether the policy asks for this version by number."""
        policy = self.model.policy if self.model else None
        return policy is not None and version in policy.versions


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigReading:
    """Whether production's `models.config` can be used; `error` is in TF Serving's words."""

    error: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """Production before (`base`) and after (`head`) the change; `base` is None without a base.

    `config_file` is the repository's `models.config` (None where there is none), `neighbours` are
    the other models in it, `flags` production's flags. `labels_are_new` says that no model in it
    had a label before the change. `renamed_to` is a new entry with this model's base path, where
    the change takes its own away.
    """

    base: Situation | None
    head: Situation
    config_file: str | None = None
    neighbours: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    labels_are_new: bool = False
    renamed_to: ProductionModel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another model of production's configuration, before and after the change.

    `before` is None where no base is known. The trees are where the repository keeps it, None
    where it does not; `alias_of` names the model whose base path the entry shares, where the
    repository has none of its own name. `renamed_to` is a new entry with its base path, where
    the change takes its own away.
    """

    name: str
    before: Situation | None
    after: Situation
    tree_before: ModelTree | None = None
    tree_after: ModelTree | None = None
    alias_of: str = ""
    renamed_to: ProductionModel | None = None

    @property
    def served_before(self) -> Version | None:
        """The version that answered before the change; None where none did, or nobody knows."""
        return self.before.unversioned() if self.before else None

    @property
    def had_entry(self) -> bool:
        """Whether production's configuration named it before the change."""
        return self.before is not None and self.before.model is not None

    @property
    def lost_its_versions(self) -> bool:
        """Whether the change takes the last version out of a tree that git keeps."""
        kept = self.tree_before is not None and self.tree_before.in_git
        empty = self.tree_after is None or not self.tree_after.names.versions
        return kept and empty and self.served_before is not None

    @property
    def moved_away(self) -> bool:
        """Whether the directory that `base_path` is named after has another name now."""
        if self.before is None or not (self.tree_before and self.tree_after):
            return False
        return self.served_before is not None and moves_away(
            self.before, self.after, self.tree_before.path, self.tree_after.path
        )

    def touched(self, repository: Repository) -> bool:
        """Whether the change concerns it: its entry, or a file of its tree."""
        if repository.before is None:
            return False
        if self.before is None or _entry(self.before) != _entry(self.after):
            return True
        folder = f"{self.tree_after.path}/" if self.tree_after else ""
        return any(file.startswith(folder) for file in repository.changed)


def moves_away(before: Situation, after: Situation, old: str, new: str) -> bool:
    """Whether a tree that `base_path` is named after gets another name, and `base_path` does not.

    `old` and `new` are the tree's base paths in the repository.
    """
    if before.model is None or after.model is None:
        return False
    base_path = PurePosixPath(after.model.base_path)
    stays = base_path == PurePosixPath(before.model.base_path)
    return stays and base_path.name == PurePosixPath(old).name != PurePosixPath(new).name


def _entry(situation: Situation) -> object:
    model = situation.model
    return model and (model.base_path, model.policy, model.labels)
