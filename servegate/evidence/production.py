"""What production does with the version tree, before and after the change: a simulation."""

from __future__ import annotations

import posixpath

from servegate.evidence.model_config import Configs
from servegate.facts.change import ModelChange
from servegate.facts.history import BaseTree
from servegate.facts.production import Production, ProductionModel, Situation
from servegate.facts.settings import Settings
from servegate.findings import Location
from servegate.providers import Blocked, Stage, provides
from servegate.tfserving.model_config import ModelEntry, ModelServerConfig
from servegate.tfserving.policy import VersionPolicy, aspired
from servegate.tfserving.versions import Version, VersionNames


@provides(stage=Stage.CHANGES)
def production(
    change: ModelChange, settings: Settings, configs: Configs, base_tree: BaseTree | None
) -> Production:
    """Simulates TF Serving's version policies on both trees."""
    if configs.reading.error:
        raise Blocked(configs.reading.error, by="version/policy-serves-candidate")
    file = settings.model_config
    neighbours = () if configs.head is None else tuple(one.name for one in configs.head.models)
    return Production(
        base=situation(change.name, configs.base, change.base_names, file) if base_tree else None,
        head=situation(change.name, configs.head, change.head_names, file),
        config_file=file,
        neighbours=tuple(name for name in neighbours if name != change.name),
        flags=settings.flags,
        renamed_to=renamed_to(change.name, configs, file) if base_tree else None,
        labels_are_new=base_tree is not None
        and not (configs.base and any(one.labels for one in configs.base.models)),
    )


def situation(
    name: str, config: ModelServerConfig | None, names: VersionNames, file: str | None
) -> Situation:
    """What production does with one model on one side; without a configuration, the defaults."""
    entry = config.entry(name) if config else None
    if config is None or file is None:
        model = ProductionModel(name=name, base_path="", policy=VersionPolicy())
    elif entry is None:
        return Situation(model=None, aspired=(), present=_numbers(names))
    else:
        model = _model(entry, file)
    return Situation(
        model=model,
        aspired=tuple(one.version for one in aspired(model.policy, names)),
        present=_numbers(names),
    )


def entries_by_name(config: ModelServerConfig | None) -> dict[str, ModelEntry]:
    """The entries of a configuration; of several of one name the first."""
    return {one.name: one for one in reversed(config.models)} if config else {}


def place_of(entry: ModelEntry) -> str:
    """An entry's base path, for comparison."""
    return posixpath.normpath(entry.base_path)


def renamed_to(name: str, configs: Configs, file: str | None) -> ProductionModel | None:
    """The new entry that has the base path of one that the change takes away."""
    after, before = entries_by_name(configs.head), entries_by_name(configs.base)
    if file is None or name in after or name not in before:
        return None
    place = place_of(before[name])
    found = (one for one in after.values() if one.name not in before and place_of(one) == place)
    return next((_model(one, file) for one in found), None)


def _numbers(names: VersionNames) -> tuple[Version, ...]:
    return tuple(one.version for one in names.versions)


def _model(entry: ModelEntry, file: str) -> ProductionModel:
    def at(line: int | None) -> Location | None:
        return Location(file=file, line=line) if line else None

    return ProductionModel(
        name=entry.name,
        base_path=entry.base_path,
        policy=entry.policy,
        labels=entry.labels,
        location=at(entry.line),
        policy_location=at(entry.policy_line),
        base_path_location=at(entry.base_path_line),
        label_locations={
            label: Location(file=file, line=line) for label, line in entry.label_lines.items()
        },
    )
