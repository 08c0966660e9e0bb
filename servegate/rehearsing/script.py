"""What is to be played: plain data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from servegate.facts.serving import Launch, ServedModel
from servegate.tfserving.versions import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A version directory that a deployment brings."""

    name: str
    version: Version
    directory: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """An upgrade of one model, and the way back.

    `launch` is production before the change, `base` the version that answers there.
    `deliveries` are what the change adds, the candidate last; empty where it is there already and
    only the configuration changes, or a higher version is deleted: `withdrawn` are the directories
    that go before the candidate can answer. `configured` is what the configuration becomes, as far
    as that can be said before the candidate is loaded, and `labelled` all of it: a label can only
    be put on what is loaded. Both are None where nothing changes. `leaving` are the versions that
    have to be unloaded. `answers`: the candidate is to answer requests that name no version.

    There is a way back (`reversible`) where something was brought or configured. On it `cleared`
    are the other directories that the change deletes or replaces, `replaced` what lies there now;
    `restored` is the configuration before, None where it never changed; `falls_to` is the version
    that then answers, None where none is left.
    """

    launch: Launch
    base: Version
    candidate: Version
    answers: bool
    deliveries: tuple[Delivery, ...]
    withdrawn: tuple[str, ...]
    configured: ServedModel | None
    labelled: ServedModel | None
    leaving: tuple[Version, ...]
    cleared: tuple[str, ...]
    replaced: tuple[Delivery, ...]
    restored: ServedModel | None
    falls_to: Version | None
    notes: tuple[str, ...] = ()

    def alone(self) -> Script:
        """The same without the other models of the server, which do not load."""
        others = ", ".join(one.name for one in self.launch.models[1:])
        note = f"Other models of production's server are left out, as they do not load: {others}."
        launch = replace(self.launch, models=self.launch.models[:1])
        return replace(self, launch=launch, notes=(*self.notes, note))

    @property
    def reversible(self) -> bool:
        """Whether what the upgrade did can be undone without what the change has deleted."""
        undone = bool(self.deliveries) or self.restored is not None
        return undone and self.falls_to != self.candidate

    @property
    def model(self) -> ServedModel:
        """The model as production has it before the change."""
        return self.launch.models[0]
