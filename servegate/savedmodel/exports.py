"""Whether the files of a version directory come from one and the same export.

An exporter of TensorFlow 2.12 and newer leaves a hash of `variables.index` in `fingerprint.pb`.
Source: `HashCheckpointIndexFile` in tensorflow/cc/saved_model/fingerprinting_x_platform_utils.cc.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from servegate.savedmodel.bundle import INDEX
from servegate.savedmodel.content import read_file
from servegate.savedmodel.farmhash import SHORTEST, fingerprint64
from servegate.savedmodel.fingerprint import read_fingerprint
from servegate.savedmodel.unreadable import Unreadable

MAX_INDEX_BYTES = 2**25
"""A hundred thousand variables and more; hashing so much takes seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Weights that `fingerprint.pb` was not written for.

    `origin` is the version directory that they belong to: its index is the same to the last byte,
    and its own fingerprint, if it has one, is for another checkpoint than the candidate's. Without
    one the weights may simply have been changed after the export, by pruning say.
    """

    origin: Path | None


def mixture(directory: Path, others: Iterable[Path], *, within: Path) -> Mixture | None:
    """What does not belong together in a version directory, None where nothing is known of it."""
    hashed = _checkpoint_hash(directory, within)
    index = _index(directory, within)
    if not hashed or index is None or fingerprint64(index) == hashed:
        return None
    origins = (
        one
        for one in others
        if _index(one, within) == index and _checkpoint_hash(one, within) != hashed
    )
    return Mixture(origin=next(origins, None))


def _checkpoint_hash(directory: Path, within: Path) -> int | None:
    """What the fingerprint says; None without one, 0 where there was no checkpoint."""
    try:
        found = read_fingerprint(directory, within=within)
    except Unreadable:
        return None
    return None if found is None else found.checkpoint_hash


def _index(directory: Path, within: Path) -> bytes | None:
    try:
        data = read_file(directory, INDEX, limit=MAX_INDEX_BYTES, within=within)
    except Unreadable:
        return None
    return data if len(data) >= SHORTEST else None
