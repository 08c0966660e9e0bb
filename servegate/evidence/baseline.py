"""The version that production serves before the change, with its files."""

from __future__ import annotations

from pathlib import Path

from servegate.facts.change import Baseline, ModelChange
from servegate.facts.history import BaseTree
from servegate.facts.production import Production
from servegate.providers import NotApplicable, Stage, provides
from servegate.savedmodel.reader import BINARY, TEXT


@provides(stage=Stage.FILES)
def baseline(
    change: ModelChange, production: Production, base_tree: BaseTree | None, workspace: Path
) -> Baseline:
    """Materialises it from the base commit."""
    if base_tree is None:
        raise NotApplicable("No base commit is known, so there is no version to compare with.")
    version = production.base.unversioned() if production.base else None
    names = change.base_names
    named = names.named(version) if version is not None else names.highest()
    if named is None:
        raise NotApplicable(
            "This is the first version of the model: there is none to compare with."
        )
    target = workspace / "baseline" / named.name
    place = change.place_before(named.name)
    if base_tree.materialise(place, target) is None:
        raise NotApplicable(f"The base has no directory {place}.")
    if not any((target / file).is_file() for file in (BINARY, TEXT)):
        raise NotApplicable(f"The base's version {named.version} holds no SavedModel.")
    return Baseline(version=named.version, directory=named.name, root=target)
