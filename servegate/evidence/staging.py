"""What a server is to be started with: a staged tree, and the policy under which it is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from servegate.facts.production import ProductionModel, Situation
from servegate.facts.repository import ModelTree
from servegate.facts.serving import Launch, ServedModel
from servegate.facts.settings import Settings
from servegate.providers import Blocked
from servegate.tfserving.flag_rules import hopeless
from servegate.tfserving.policy import PolicyKind, VersionPolicy
from servegate.tfserving.versions import Version

# What TF Serving's REST paths can hold (`[^/:]+`), and every log and flag too.
_SERVABLE = re.compile(r"[A-Za-z0-9_.-]{1,200}\Z")


def can_bear(name: str) -> bool:
    """Whether a server can serve a model under this name."""
    return _SERVABLE.match(name) is not None


def servable_name(name: str) -> str:
    """The model's own name where a server can bear it, else a plain one."""
    return name if can_bear(name) else "model"


def refuse_hopeless_flags(settings: Settings) -> None:
    """Raises `Blocked` where no server with production's flags would ever have a version."""
    problem = hopeless([one.text for one in settings.written_flags])
    if problem is not None:
        raise Blocked(f"{problem.what}.", by="version/flags-are-known")


def stage(folder: Path, versions: Mapping[str, Path]) -> Path:
    """A base path that holds the version directories, by links: nothing is copied."""
    folder.mkdir(parents=True)
    for name, root in versions.items():
        (folder / name).symlink_to(root)
    return folder


def staged_neighbour(
    name: str, situation: Situation, tree: ModelTree, root: Path, folder: Path
) -> ServedModel:
    """Another model with the versions that production loads, staged in a new `folder`.

    `root` is the directory that the tree's path is relative to.
    """
    model = situation.model or ProductionModel(name=name, base_path="", policy=VersionPolicy())
    versions = {
        named.name: root / tree.path / named.name
        for version in situation.aspired
        if (named := tree.names.named(version)) is not None
    }
    return ServedModel(
        name=name,
        base_path=stage(folder, versions),
        policy=model.policy,
        labels=model.labels,
        place=model.base_path,
    )


def legible(text: str, base_path: Path, place: str) -> str:
    """What a server said, with the repository's names in place of those of the staging."""
    return text.replace(f"{base_path.absolute()}/", "" if place == "." else f"{place}/")


def only(version: Version) -> VersionPolicy:
    """The policy under which exactly one version is loaded."""
    return VersionPolicy(kind=PolicyKind.SPECIFIC, versions=(version,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A staged base path under a name; `place` is where production has it, if it says."""

    model: str
    base_path: Path
    place: str = ""

    def launch(
        self,
        policy: VersionPolicy,
        *,
        labels: Mapping[str, Version] | None = None,
        flags: tuple[str, ...] = (),
    ) -> Launch:
        """A server with this model alone."""
        served = ServedModel(
            name=self.model,
            base_path=self.base_path,
            policy=policy,
            labels=labels or {},
            place=self.place,
        )
        return Launch(models=(served,), flags=flags)
