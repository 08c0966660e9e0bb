"""The server's answers beside those of the SavedModel run directly."""

from __future__ import annotations

from dataclasses import dataclass

from servegate.facts.probes import Probe
from servegate.facts.serving import Tensors


@dataclass(frozen=True, slots=True, kw_only=True)
class Confrontation:
    """One probe, put alone to the server and to the SavedModel in a plain session.

    `direct` holds the answers of several runs; empty with a `refusal` where it was not run.
    `served` holds one answer, and a second where the first differs from `direct`.
    """

    probe: Probe
    served: tuple[Tensors, ...]
    direct: tuple[Tensors, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """All confrontations of one version, those with plausible probes first in each signature."""

    confrontations: tuple[Confrontation, ...]

    def of_signature(self, name: str) -> tuple[Confrontation, ...]:
        """Those of one signature."""
        return tuple(one for one in self.confrontations if one.probe.signature == name)

    def signatures(self) -> tuple[str, ...]:
        """The signatures that were asked."""
        return tuple(dict.fromkeys(one.probe.signature for one in self.confrontations))
