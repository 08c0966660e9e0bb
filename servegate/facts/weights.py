"""A version's weights, held against what its graph restores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from servegate.graph.misfits import Misfit
from servegate.graph.restoring import Wanted
from servegate.savedmodel.bundle import Bundle, Entry
from servegate.savedmodel.exports import Mixture
from servegate.savedmodel.shards import Values
from servegate.savedmodel.unreadable import Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What `variables/` holds, and what is wrong with it.

    `bundle` is None where there is no index (`present` is false then) or none that can be read.
    `problems` are files that are missing, cut short or unreadable, `corrupt` the tensors whose
    bytes fail their checksum. `values` tells of tensors of floats whether they vary, by the name
    in the checkpoint, as far as they were read. `overwritten` are the variables that are restored
    and then written again by what the loader runs at the end. `needed` are the variables that a
    signature cannot do without. `wanted` is what the loader restores, None where the graph does
    not say; `misfits` are those that the checkpoint cannot give. `mixture` tells of weights that
    the fingerprint was not written for.
    """

    present: bool
    needed: tuple[str, ...] = ()
    bundle: Bundle | None = None
    problems: tuple[Unreadable, ...] = ()
    corrupt: tuple[Entry, ...] = ()
    values: Mapping[str, Values] = field(default_factory=dict)
    wanted: tuple[Wanted, ...] | None = None
    overwritten: tuple[str, ...] = ()
    misfits: tuple[Misfit, ...] = ()
    mixture: Mixture | None = None

    def unrestored(self) -> tuple[Entry, ...]:
        """The tensors that the loader does not ask for, as far as anybody can tell."""
        if self.bundle is None or self.wanted is None:
            return ()
        asked = {one.name for one in self.wanted}
        return tuple(one for one in self.bundle.tensors if one.name not in asked)
