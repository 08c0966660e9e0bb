"""Which models a change concerns, and which of their versions are candidates."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from servegate.changes.base import Comparison, compare
from servegate.changes.classify import candidates, model_changes
from servegate.changes.difference import read_difference
from servegate.changes.discovery import ModelSource, discover
from servegate.changes.event import CiEvent
from servegate.changes.git import Git, open_repository
from servegate.changes.unclaimed import unclaimed
from servegate.config.load import load
from servegate.config.schema import FILE_NAME, Config, Model
from servegate.deadline import Deadline
from servegate.errors import Mistake, WrongUse
from servegate.facts.change import Candidate, ModelChange, Unclaimed
from servegate.facts.repository import Repository
from servegate.pipeline.dependencies import depends_on
from servegate.pipeline.options import Options
from servegate.pipeline.outside_git import with_baseline
from servegate.pipeline.repository import config_before, repository
from servegate.progress import label
from servegate.shards import Shard
from servegate.wording import listed, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One (model, candidate). `model` is its section of the configuration, None if discovered.

    `candidate` is None for a model without a version that could be one.
    """

    change: ModelChange
    candidate: Candidate | None
    model: Model | None

    @property
    def version(self) -> str | None:
        """The candidate's version as reports write it."""
        return None if self.candidate is None else str(self.candidate.version)

    @property
    def label(self) -> str:
        """What progress calls it."""
        return label(self.change.name, self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a run validates. `names` are all models of the repository, changed or not.

    `config_before` is the base commit's configuration, None where it has none that can be read;
    `repository` is empty where there is nothing to validate.
    """

    comparison: Comparison
    config: Config
    config_file: str
    config_before: Config | None
    repository: Repository
    subjects: tuple[Subject, ...]
    unclaimed: tuple[Unclaimed, ...]
    names: tuple[str, ...]
    git: Git | None

    def part(self, shard: Shard) -> Selection:
        """What one shard of the run validates."""
        return replace(
            self,
            subjects=shard.of(self.subjects, key=lambda one: one.label),
            unclaimed=shard.of(self.unclaimed, key=lambda one: one.path),
        )


def select(
    options: Options, event: CiEvent | None, known_checks: Collection[str], deadline: Deadline
) -> Selection:
    """Reads the configuration and the difference. Raises `WrongUse` and `CannotTell`."""
    root = options.repository
    config = load(options.config, root, known_checks=known_checks)
    config_file = _shown(options.config, root)
    git = open_repository(root, deadline)
    comparison = compare(git, event=event, base=options.base, everything=options.everything)
    paths = [model.path for model in config.models]
    difference = read_difference(root, git, comparison.base, paths)
    before = config if comparison.base else None
    if config_file in difference.changed:
        before = config_before(git, comparison.base, config_file)
    configured = tuple(_source(model, config, config_file, root, before) for model in config.models)
    found = configured or tuple(
        replace(source, depends_on=depends_on(config, None, config_file, root))
        for source in discover(difference, config.ignore)
    )
    _refuse_unknown_names(options.models, found)
    changes = model_changes(found, difference, everything=comparison.everything)
    by_name = {model.name: model for model in config.models}
    return Selection(
        comparison=comparison,
        config=config,
        config_file=config_file,
        config_before=before,
        repository=repository(difference, found, config, before)
        if changes
        else Repository(root=root),
        subjects=tuple(_subjects(changes, by_name, options)),
        unclaimed=() if options.models else unclaimed(found, difference, config.ignore),
        names=tuple(source.name for source in found),
        git=git,
    )


def _shown(config: Path | None, root: Path) -> str:
    if config is None:
        return FILE_NAME
    absolute = config.absolute()
    return str(absolute.relative_to(root) if absolute.is_relative_to(root) else config)


def _source(
    model: Model, config: Config, config_file: str, root: Path, before: Config | None
) -> ModelSource:
    earlier = (
        next((one.path for one in before.models if one.name == model.name), "") if before else ""
    )
    return ModelSource(
        name=model.name,
        path=model.path,
        path_before="" if earlier == model.path else earlier,
        changed_when=model.changed_when,
        depends_on=depends_on(config, model, config_file, root),
    )


def _refuse_unknown_names(wanted: Collection[str], found: Collection[ModelSource]) -> None:
    known = [source.name for source in found]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise WrongUse(
            [
                Mistake(
                    message=f"there is no model {name!r}{nearest(name, known)}; there are "
                    f"{listed(known) if known else 'none'}"
                )
                for name in unknown
            ]
        )


def _subjects(
    changes: Collection[ModelChange], by_name: dict[str, Model], options: Options
) -> Iterator[Subject]:
    for found in changes:
        if options.models and found.name not in options.models:
            continue
        model = by_name.get(found.name)
        change = with_baseline(found, model.baseline) if model and model.baseline else found
        chosen = candidates(change)
        for candidate in chosen or (None,):
            yield Subject(change=change, candidate=candidate, model=model)
