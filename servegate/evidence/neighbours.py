"""The other models of production's configuration."""

from __future__ import annotations

from collections.abc import Mapping

from servegate.evidence.model_config import Configs
from servegate.evidence.production import entries_by_name, place_of, renamed_to, situation
from servegate.facts.change import ModelChange
from servegate.facts.history import BaseTree
from servegate.facts.production import Neighbour, Production
from servegate.facts.repository import ModelTree, Repository
from servegate.facts.settings import Settings
from servegate.providers import Stage, provides
from servegate.tfserving.model_config import ModelEntry
from servegate.tfserving.versions import VersionNames, read_names

_NO_NAMES = read_names(())


@provides(stage=Stage.CHANGES)
def neighbours(
    change: ModelChange,
    settings: Settings,
    configs: Configs,
    production: Production,  # noqa: ARG001 - says why there is none where it cannot be read
    repository: Repository,
    base_tree: BaseTree | None,
) -> tuple[Neighbour, ...]:
    """Every other entry of the configuration before or after the change, by name."""
    entries = entries_by_name(configs.head)
    earlier = entries_by_name(configs.base) if base_tree else {}
    found = []
    for name in sorted((entries.keys() | earlier.keys()) - {change.name}):
        shared = _alias_of(name, entries, earlier, repository)
        before = (repository.before or {}).get(shared or name)
        after = repository.after.get(shared or name)
        found.append(
            Neighbour(
                name=name,
                before=situation(name, configs.base, _names(before), settings.model_config)
                if base_tree and configs.base
                else None,
                after=situation(name, configs.head, _names(after), settings.model_config),
                tree_before=before,
                tree_after=after,
                alias_of=shared,
                renamed_to=renamed_to(name, configs, settings.model_config) if base_tree else None,
            )
        )
    return tuple(found)


def _names(tree: ModelTree | None) -> VersionNames:
    return tree.names if tree else _NO_NAMES


def _alias_of(
    name: str,
    entries: Mapping[str, ModelEntry],
    earlier: Mapping[str, ModelEntry],
    repository: Repository,
) -> str:
    """The model of the repository whose base path an entry of another name shares."""
    if name in repository.after or name in (repository.before or {}):
        return ""
    places = {place_of(side[name]) for side in (entries, earlier) if name in side}
    return next(
        (
            one.name
            for side in (entries, earlier)
            for one in side.values()
            if one.name in repository.after and place_of(one) in places
        ),
        "",
    )
