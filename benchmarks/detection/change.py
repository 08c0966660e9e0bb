"""A pull request in the making, which faults and scenarios write into."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.origin import Origin
from sample_models.git import commit_all, git, initialise

CONFIGURATION = "servegate.yml"
MODEL_CONFIG = "deploy/models.config"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tree:
    """One side of a pull request: a directory with the whole repository."""

    path: Path

    def file(self, name: str) -> Path:
        """The absolute path of a file, whose directory is made."""
        found = self.path / name
        found.parent.mkdir(parents=True, exist_ok=True)
        return found

    def write(self, name: str, content: str | bytes) -> None:
        """Writes a file."""
        data = content.encode() if isinstance(content, str) else content
        self.file(name).write_bytes(data)

    def configuration(self) -> Json:
        """`servegate.yml`, empty where there is none."""
        file = self.path / CONFIGURATION
        return dict(yaml.safe_load(file.read_text())) if file.is_file() else {}


@dataclass(slots=True, kw_only=True)
class Change:
    """A pull request: its two trees, in directories that may be written to.

    `outside_git` names what lies in the workspace without being in git, as after a download by
    an earlier step; `after_checkout` are done to the workspace once it is checked out. `meanwhile`
    is what the main branch became after the pull request had left it.
    `directory` is the candidate's, below the base path; empty while it has the origin's name.
    """

    origin: Origin
    base: Tree
    head: Tree
    meanwhile: Tree | None = None
    outside_git: list[str] = field(default_factory=list)
    after_checkout: list[Callable[[Path], None]] = field(default_factory=list)
    directory: str = ""

    @classmethod
    def of(cls, origin: Origin, folder: Path) -> Change:
        """The healthy pull request, copied into `folder`."""
        shutil.copytree(origin.base, folder / "base", symlinks=True)
        shutil.copytree(origin.head, folder / "head", symlinks=True)
        return cls(origin=origin, base=Tree(folder / "base"), head=Tree(folder / "head"))

    @property
    def trees(self) -> tuple[Tree, Tree]:
        """Both sides, for what production has already."""
        return self.base, self.head

    @property
    def old(self) -> Path:
        """The version directory that production has, as it is in the head."""
        return self.version(self.origin.old)

    @property
    def new(self) -> Path:
        """The candidate's version directory."""
        return self.version(self.directory or self.origin.new)

    def version(self, name: str, tree: Tree | None = None) -> Path:
        """A version directory, which need not exist; in the head unless a tree is given."""
        return (tree or self.head).path / self.origin.path / name

    @property
    def versions(self) -> tuple[Path, ...]:
        """Every version directory: the old one in both trees, and the candidate's."""
        return self.version(self.origin.old, self.base), self.old, self.new

    def release(self) -> None:
        """Has production everything that the head has by now: the change starts anew."""
        shutil.rmtree(self.base.path)
        shutil.copytree(self.head.path, self.base.path, symlinks=True)

    def main_moves_on(self) -> Tree:
        """The main branch after another pull request was merged, still equal to the base."""
        self.meanwhile = Tree(self.base.path.with_name("meanwhile"))
        shutil.copytree(self.base.path, self.meanwhile.path, symlinks=True)
        return self.meanwhile

    def rename(self, name: str) -> Path:
        """Gives the candidate another directory name; returns the directory."""
        target = self.version(name)
        target.parent.mkdir(exist_ok=True)
        self.new.rename(target)
        self.directory = name
        return target

    def configure(self, *trees: Tree, **sections: object) -> None:
        """Sets sections of `servegate.yml` (the head's unless trees are given).

        A section that is a mapping is laid over the one that is there; None removes a key of it.
        """
        for tree in trees or (self.head,):
            document = tree.configuration()
            for name, section in sections.items():
                before = document.get(name)
                if isinstance(section, Mapping):
                    below = before if isinstance(before, Mapping) else {}
                    both = {**below, **section}
                    document[name] = {key: one for key, one in both.items() if one is not None}
                else:
                    document[name] = section
            tree.write(CONFIGURATION, yaml.safe_dump(document, sort_keys=False))

    def model_settings(self, tree: Tree | None = None) -> Json:
        """The model's entry in `servegate.yml`; a bare one where there is none."""
        entries = (tree or self.head).configuration().get("models") or []
        found = next((one for one in entries if one.get("path") == self.origin.path), None)
        return dict(found or {"name": self.origin.model, "path": self.origin.path})

    def configure_model(self, *trees: Tree, **settings: object) -> None:
        """Sets keys of the model's entry (in the head unless trees are given); None removes."""
        for tree in trees or (self.head,):
            entry = {**self.model_settings(tree), **settings}
            kept = {key: value for key, value in entry.items() if value is not None}
            entries = [
                one
                for one in tree.configuration().get("models") or []
                if one.get("path") != self.origin.path
            ]
            self.configure(tree, models=[kept, *entries])

    def rollout(self, name: str) -> None:
        """Says in both trees how new versions reach production."""
        self.configure(*self.trees, serving={"rollout": name})

    def production(
        self, *trees: Tree, policy: str = "", base_path: str = "", name: str = "", more: str = ""
    ) -> None:
        """Gives production a `models.config` (in both trees unless some are given)."""
        origin = self.origin
        policies = [f"    model_version_policy {{ {policy} }}"] if policy else []
        lines = [
            "model_config_list {",
            "  config {",
            f'    name: "{name or origin.model}"',
            f'    base_path: "{base_path or f"/models/{origin.model}"}"',
            '    model_platform: "tensorflow"',
            *policies,
            *([more] if more else []),
            "  }",
            "}",
        ]
        for tree in trees or self.trees:
            tree.write(MODEL_CONFIG, "\n".join(lines) + "\n")
            self.configure(tree, serving={"model_config": MODEL_CONFIG})

    def forget_recordings(self) -> None:
        """Takes back what the pull request says of the candidate's answers, where it says any.

        As a team does that retrains and leaves the recordings of the old version as they are.
        """
        named = self.model_settings().get("examples")
        if named and (before := self.base.path / named).is_file():
            self.head.write(named, before.read_bytes())

    def need_recordings(self) -> None:
        """Raises `DoesNotFit` unless the team has recorded what the candidate answers."""
        named = self.model_settings().get("examples")
        lines = (self.head.path / named).read_text().splitlines() if named else []
        recorded = (json.loads(one) for one in lines)
        if not any(
            "outputs" in one and one.get("for_version") == self.origin.new for one in recorded
        ):
            raise DoesNotFit("no answers are recorded for the candidate")

    def callable_file(self, which: str) -> Path:
        """The head's file with `training` or `serving` preprocessing, of configured models."""
        module = self._callable(which)[0]
        return self.head.path / f"{module.replace('.', '/')}.py"

    def callable_name(self, which: str) -> str:
        """The function in that file."""
        return self._callable(which)[1]

    def _callable(self, which: str) -> tuple[str, str]:
        named = (self.model_settings().get("preprocessing") or {}).get(which)
        if not named:
            raise DoesNotFit(f"the model has no `preprocessing.{which}`")
        module, _, function = str(named).partition(":")
        return module, function

    def commit(self, repository: Path) -> str:
        """Makes a repository with the head checked out; returns the id of main's last commit.

        The trees are used up. Nothing of the base's files keeps its time, which git would take
        for unchanged.
        """
        initialise(repository)
        _replace(repository, self.base.path)
        base = commit_all(repository, "What production has", day=1)
        git(repository, "branch", "change", day=1)
        if self.meanwhile is not None:
            _replace(repository, self.meanwhile.path)
            base = commit_all(repository, "Another change", day=2)
        git(repository, "checkout", "--quiet", "change", day=1)
        _replace(repository, self.head.path)
        if self.outside_git:
            lines = "".join(f"/{name}\n" for name in self.outside_git)
            (repository / ".git" / "info").mkdir(exist_ok=True)
            (repository / ".git" / "info" / "exclude").write_text(lines)
        commit_all(repository, "The change", day=2)
        for finish in self.after_checkout:
            finish(repository)
        return base


def _replace(repository: Path, tree: Path) -> None:
    """Puts the content of a tree in place of what is checked out."""
    for child in repository.iterdir():
        if child.name == ".git":
            continue
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()
    for child in tree.iterdir():
        if child.name != ".git":
            child.rename(repository / child.name)
