"""What has become of each version: TF Serving's `ServableStateMonitor`."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from servegate.embedded.status import StatusError
from servegate.tfserving.versions import Version


class State(IntEnum):
    """`ModelVersionStatus.State`; the numbers are those of the API."""

    START = 10
    LOADING = 20
    AVAILABLE = 30
    UNLOADING = 40
    END = 50


@dataclass(frozen=True, slots=True, order=True)
class ServableId:
    """A version of a model. `str()` is TF Serving's `DebugString`."""

    name: str
    version: Version

    def __str__(self) -> str:
        return f"{{name: {self.name} version: {self.version}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state of a version; an error means that it ended because of it."""

    state: State
    error: StatusError | None = None


class StateMonitor:
    """The last known state of every version there ever was; safe to use from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._states: dict[str, dict[Version, Snapshot]] = {}
        self._changes: dict[ServableId, int] = {}
        self._latest_change = 0

    def publish(self, servable: ServableId, state: State, error: StatusError | None = None) -> None:
        """Notes a change of state."""
        with self._changed:
            versions = self._states.setdefault(servable.name, {})
            versions[servable.version] = Snapshot(state=state, error=error)
            self._latest_change += 1
            self._changes[servable] = self._latest_change
            self._changed.notify_all()

    def versions(self, name: str) -> Mapping[Version, Snapshot]:
        """The states of a model's versions, newest version first."""
        with self._changed:
            return dict(sorted(self._states.get(name, {}).items(), reverse=True))

    def latest_change(self) -> int:
        """The number of the latest change of any state."""
        with self._changed:
            return self._latest_change

    def wait_until_decided(
        self, names: Iterable[str], since: int = 0
    ) -> Mapping[ServableId, Snapshot]:
        """Waits, without limit, until each model has a version that is AVAILABLE or at its END.

        What a version became up to the change `since` does not count: a model that comes back
        had its END before.

        Answers with the newest such version of each. A newer one that is still loading does not
        count: so a server may open with an old version (`HasAnyServableInStreamReachedState`).
        """
        waited_for = tuple(names)
        with self._changed:
            while True:
                decided = [self._decided(name, since) for name in waited_for]
                if all(decided):
                    return dict(one for one in decided if one)
                self._changed.wait()

    def _decided(self, name: str, since: int) -> tuple[ServableId, Snapshot] | None:
        for version, snapshot in sorted(self._states.get(name, {}).items(), reverse=True):
            servable = ServableId(name, version)
            if snapshot.state in {State.AVAILABLE, State.END} and self._changes[servable] > since:
                return servable, snapshot
        return None
