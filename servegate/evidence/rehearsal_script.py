"""Which upgrade is to be rehearsed: from the trees and the configurations before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from servegate.evidence.saved_model import HOPELESS
from servegate.evidence.staging import (
    can_bear,
    refuse_hopeless_flags,
    servable_name,
    stage,
    staged_neighbour,
)
from servegate.facts.change import Baseline, Candidate, ChildChange, Event, ModelChange
from servegate.facts.history import BaseTree
from servegate.facts.production import Neighbour, Production, ProductionModel, Situation
from servegate.facts.serving import Launch, ServedModel
from servegate.facts.settings import Rollout, Settings
from servegate.providers import NotApplicable, Stage, provides
from servegate.rehearsing.script import Delivery, Script
from servegate.release import refuse_superseded
from servegate.tfserving.flags import parse_flags
from servegate.tfserving.policy import aspired
from servegate.tfserving.versions import Version, read_names

_POLL = "file_system_poll_wait_seconds"
_NEW = (Event.ADDED, Event.RENAMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Upgrade:
    """One model of production before and after the change."""

    old: ProductionModel
    new: ProductionModel
    before: Situation
    after: Situation


@provides(stage=Stage.SERVER, blocked_by=HOPELESS)
def rehearsal_script(
    change: ModelChange,
    candidate: Candidate,
    production: Production,
    neighbours: tuple[Neighbour, ...],
    settings: Settings,
    baseline: Baseline,
    base_tree: BaseTree | None,
    workspace: Path,
) -> Script:
    """Production as the base commit has it, and what the change does to it."""
    upgrade = _upgrade(candidate, production, settings)
    refuse_hopeless_flags(settings)
    before, after = upgrade.before.aspired, upgrade.after.aspired
    staged = dict(_base_versions(change, before, baseline, base_tree, workspace))
    # Where production's tree is kept elsewhere (`baseline:`), its version is no child of this one.
    staged.setdefault(baseline.directory, baseline.root)
    served = ServedModel(
        name=servable_name(change.name),
        base_path=stage(workspace / "serving-rehearsal", staged),
        policy=upgrade.old.policy,
        labels=_labels(upgrade.old, before),
    )
    deliveries = _deliveries(change, candidate, after)
    withdrawn = _withdrawn(change, candidate, upgrade.new, deliveries, staged)
    configured, labelled = _configurations(served, upgrade)
    flags, notes = _flags(production.flags)
    beside = tuple(_beside(neighbours, change.root, workspace / "rehearsal-beside"))
    return Script(
        launch=Launch(models=(served, *beside), flags=flags),
        base=baseline.version,
        candidate=candidate.version,
        answers=upgrade.after.unversioned() == candidate.version,
        deliveries=deliveries,
        withdrawn=withdrawn,
        configured=configured,
        labelled=labelled,
        leaving=tuple(one for one in before if one not in after),
        cleared=tuple(one.name for one in _touched(change, staged) if one.name not in withdrawn),
        replaced=tuple(_replaced(change, staged)),
        restored=served if configured or labelled else None,
        falls_to=_falls_to(change, upgrade.old, deliveries),
        notes=notes,
    )


def _upgrade(candidate: Candidate, production: Production, settings: Settings) -> _Upgrade:
    """Raises `NotApplicable` where no server is upgraded."""
    version, before, after = candidate.version, production.base, production.head
    if settings.rollout is Rollout.IMAGE:
        raise NotApplicable("With `rollout: image` a fresh server starts; nothing is upgraded.")
    if settings.staged:
        raise NotApplicable("Not served yet, as `release: staged` declares.")
    refuse_superseded(candidate, production)
    if before is None or before.model is None or before.unversioned() is None:
        raise NotApplicable("Production served no version of this model before.")
    if after.model is None or version not in after.aspired:
        raise NotApplicable(f"Production's configuration does not load version {version}.")
    if version in before.aspired:
        raise NotApplicable(f"Production serves version {version} already.")
    if version in before.present and candidate.event is not Event.UNCHANGED:
        raise NotApplicable(f"Production has a version {version} already.")
    return _Upgrade(old=before.model, new=after.model, before=before, after=after)


def _base_versions(
    change: ModelChange,
    loaded: tuple[Version, ...],
    baseline: Baseline,
    base_tree: BaseTree | None,
    workspace: Path,
) -> Iterator[tuple[str, Path]]:
    """The version directories that production has: links where the change left them alone.

    Of those that it did not, only what production has loaded is brought back.
    """
    for child in change.children:
        if child.version is None or child.event in _NEW:
            continue
        if child.event is Event.UNCHANGED:
            yield child.name, _in_head(change, child)
        elif child.name == baseline.directory:
            yield child.name, baseline.root
        elif child.version in loaded and base_tree is not None:
            target = workspace / "rehearsal" / child.name
            place = child.name if change.path == "." else f"{change.path}/{child.name}"
            if base_tree.materialise(place, target) is not None:
                yield child.name, target


def _beside(neighbours: tuple[Neighbour, ...], root: Path, folder: Path) -> Iterator[ServedModel]:
    """The other models that the server has, of which this repository holds the versions.

    They lie where the change has them. Those that it takes away are left out: what becomes of
    their clients is told by version/neighbours-survive.
    """
    for number, one in enumerate(neighbours):
        before, tree = one.before, one.tree_before
        if before is None or before.model is None or tree is None or not can_bear(one.name):
            continue
        loaded = [tree.names.named(version) for version in before.aspired]
        if loaded and all(named and (root / tree.path / named.name).is_dir() for named in loaded):
            yield staged_neighbour(one.name, before, tree, root, folder / str(number))


def _in_head(change: ModelChange, child: ChildChange) -> Path:
    return change.root / change.path / child.name


def _deliveries(
    change: ModelChange, candidate: Candidate, loaded: tuple[Version, ...]
) -> tuple[Delivery, ...]:
    """What the change adds and production loads, lowest first, and the candidate last."""
    names = {one.name for one in change.head_names.versions}
    found = [
        Delivery(name=one.name, version=one.version, directory=_in_head(change, one))
        for one in change.children
        if one.event in _NEW and one.version in loaded and one.name in names
    ]
    return tuple(sorted(found, key=lambda one: (one.version == candidate.version, one.version)))


def _withdrawn(
    change: ModelChange,
    candidate: Candidate,
    new: ProductionModel,
    deliveries: tuple[Delivery, ...],
    staged: dict[str, Path],
) -> tuple[str, ...]:
    """What has to go so that the candidate is loaded: a deployment adds first, and then deletes."""
    names = read_names([*staged, *(one.name for one in deliveries)])
    if candidate.version in {one.version for one in aspired(new.policy, names)}:
        return ()
    deleted = (one for one in _touched(change, staged) if one.event is Event.DELETED)
    return tuple(one.name for one in deleted)


def _labels(model: ProductionModel, loaded: tuple[Version, ...]) -> dict[str, Version]:
    return {label: version for label, version in model.labels.items() if version in loaded}


def _configurations(
    served: ServedModel, upgrade: _Upgrade
) -> tuple[ServedModel | None, ServedModel | None]:
    """What can be configured at once, and what once the candidate is loaded; None where nothing.

    TF Serving sets labels before it loads versions, and only on what is loaded: new versions come
    first, the labels in a second step (TF Serving's `docs/serving_config.md`).
    """
    staying = tuple(one for one in upgrade.before.aspired if one in upgrade.after.aspired)
    kept = {label: one for label, one in served.labels.items() if one in staying}
    first = replace(served, policy=upgrade.new.policy, labels=kept)
    last = replace(first, labels=_labels(upgrade.new, upgrade.after.aspired))
    return first if first != served else None, last if last != first else None


def _touched(change: ModelChange, staged: dict[str, Path]) -> Iterator[ChildChange]:
    """What production has and the change deletes or replaces."""
    gone = (Event.DELETED, Event.CHANGED)
    return (one for one in change.children if one.event in gone and one.name in staged)


def _replaced(change: ModelChange, staged: dict[str, Path]) -> Iterator[Delivery]:
    for child in _touched(change, staged):
        if child.event is Event.CHANGED and child.version is not None:
            directory = _in_head(change, child)
            yield Delivery(name=child.name, version=child.version, directory=directory)


def _falls_to(
    change: ModelChange, old: ProductionModel, deliveries: tuple[Delivery, ...]
) -> Version | None:
    """Who answers when the candidate is taken away, under the configuration before the change."""
    brought = {one.name for one in deliveries}
    names = (one.name for one in change.head_names.versions if one.name not in brought)
    left = aspired(old.policy, read_names(names))
    return left[-1].version if left else None


def _flags(production: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Production's flags, with looks at the directory every second, and what that changes."""
    seconds = parse_flags(production).number(_POLL)
    if seconds <= 1:
        return production, ()
    return (*production, f"--{_POLL}=1"), (
        f"Production looks for versions every {seconds} seconds, the gate's server every second.",
    )
