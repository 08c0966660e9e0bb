"""Version directories below the base path of another model."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import PurePosixPath

from servegate.tfserving.versions import Version


def continued_from(
    base_path: str, number: Version, versions_in: Callable[[str], Collection[Version]]
) -> str | None:
    """The directory above a base path whose versions end right before a number.

    TF Serving looks for versions directly in a base path and never deeper. A number that goes on
    from those of a directory above was meant to lie there; a lower one (an archive) was not.
    `versions_in` are the versions directly below a directory of the repository. None where no
    directory above has any, or has a number as high.
    """
    for above in map(str, PurePosixPath(base_path).parents):
        if present := versions_in(above):
            return above if number > max(present) else None
    return None
