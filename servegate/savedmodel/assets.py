"""Whether the files that the graph reads when it is loaded lie in `assets/`."""

from __future__ import annotations

from pathlib import Path

from servegate.savedmodel.content import file_size
from servegate.savedmodel.reader import SavedModel
from servegate.savedmodel.unreadable import Fault, Unreadable

FOLDER = "assets"


def asset_problems(model: SavedModel, *, within: Path | None = None) -> tuple[Unreadable, ...]:
    """What is wrong with the model's assets: missing, pointers, links or names out of the tree.

    An empty asset is fine: an empty vocabulary is a vocabulary.
    """
    problems = []
    for filename in sorted({asset.filename for asset in model.assets}):
        try:
            file_size(model.directory, f"{FOLDER}/{filename}", within=within)
        except Unreadable as problem:
            if problem.fault is not Fault.EMPTY:
                problems.append(problem)
    return tuple(problems)
