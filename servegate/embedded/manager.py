"""Loads and unloads versions: TF Serving's `AspiredVersionsManager` and `BasicManager`.

The rule (`AvailabilityPreservingPolicy`): a version that is no longer wanted is unloaded only
when a wanted one is available, when none is wanted at all, or when another unwanted one stays;
of the wanted ones, the newest is loaded first. So an old version stays up for ever when the new
one fails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from servegate.embedded import log
from servegate.embedded.harness import Harness, Phase, Servable
from servegate.embedded.hash_table import HashTable
from servegate.embedded.options import Loading
from servegate.embedded.source import AspiredVersions
from servegate.embedded.states import ServableId, State, StateMonitor
from servegate.embedded.status import Code, StatusError
from servegate.tfserving.versions import Version

_TICK = 0.1
"""Seconds between two actions (`manage_state_interval_micros`)."""

_SETTLING = 0.15
"""Seconds for which TF Serving reckons up a model that is loaded; the next begins meanwhile.

`GetModelDiskSize` in `util.cc` starts 256 threads for each folder of the model, before the load
and after it. It is the time that recorded servers took, between 0.1 and 0.2 s whatever the
model, so that versions that load side by side overlap here as they do there.
"""


class Manager:
    """Makes the loaded versions those that are wanted. Everything public is thread-safe.

    `start` it once; `set_aspired` says what is wanted; `borrow` a version to ask it; `stop` ends
    it for good.
    """

    def __init__(self, options: Loading, monitor: StateMonitor) -> None:
        self._options = options
        self._monitor = monitor
        self._lock = threading.Condition()
        self._harnesses: dict[ServableId, Harness] = {}
        self._names = HashTable()  # of the models, once for each version
        self._pending: dict[str, AspiredVersions] = {}
        # Held while a version's memory is reserved: until that has succeeded, or was retried in
        # vain, nothing else is decided.
        self._deciding = threading.Lock()
        self._stopped = threading.Event()
        self._choosing_threads = threading.Lock()
        self._loaders: ThreadPoolExecutor | None = None
        self._thread = threading.Thread(target=self._manage, name="manager", daemon=True)

    def start(self) -> None:
        """Starts to load and unload."""
        self._thread.start()

    def set_load_threads(self, count: int) -> None:
        """How many versions load at a time; with zero they load on the manager's own thread.

        On the manager's own thread, a load that is retried holds up every other change. Returns
        when the loads that have begun are over.
        """
        with self._choosing_threads:
            if self._loaders:
                self._loaders.shutdown()
            self._loaders = ThreadPoolExecutor(count, "load") if count else None

    def set_aspired(self, name: str, versions: AspiredVersions) -> None:
        """Which versions of a model are wanted; it replaces what was said before."""
        with self._lock:
            self._pending[name] = versions

    @contextmanager
    def borrow(self, name: str, version: Version | None = None) -> Iterator[Servable]:
        """A version to ask, or the newest one; it is not unloaded before the block ends.

        Raises `StatusError` (NOT_FOUND) where it is not available.
        """
        with self._lock:
            harness, servable = self._available(name, version)
            harness.users += 1
        try:
            yield servable
        finally:
            with self._lock:
                harness.users -= 1
                self._lock.notify_all()

    def stop(self) -> None:
        """Waits for what is loading, with its retries, and unloads what is left."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._loaders:
            self._loaders.shutdown()
        log.info(log.BASIC_MANAGER, 291, "Unload all remaining servables in the manager.")
        for name in self._names:
            for harness in self._of_model(name):
                if harness.phase is Phase.READY:
                    self._unload(harness)

    def _available(self, name: str, version: Version | None) -> tuple[Harness, Servable]:
        available = {
            one.id.version: (one, one.servable)
            for one in self._harnesses.values()
            if one.id.name == name and one.phase is Phase.READY and one.servable
        }
        wanted = max(available, default=None) if version is None else version
        if wanted is None or wanted not in available:
            request = f"Latest({name})" if version is None else f"Specific({name}, {version})"
            raise StatusError(Code.NOT_FOUND, f"Servable not found for request: {request}")
        return available[wanted]

    def _manage(self) -> None:
        while not self._stopped.wait(_TICK):
            action = self._next_action()
            if action:
                action()

    def _next_action(self) -> Callable[[], None] | None:
        """The one next thing to do. An unload goes before a load, whatever the model."""
        with self._deciding, self._lock:
            self._forget()
            for name in sorted(self._pending):
                self._take_up(name)
            models = [self._of_model(name) for name in self._names]
            unwanted = next(filter(None, map(_to_unload, models)), None)
            if unwanted:
                return partial(self._unload, unwanted)
            wanted = next(filter(None, map(_to_load, models)), None)
            if wanted:
                wanted.phase = Phase.LOADING
                return partial(self._start_load, wanted)
            return None

    def _of_model(self, name: str) -> list[Harness]:
        """A model's versions, the latest first, as C++'s hash map lists them."""
        return [one for one in reversed(self._harnesses.values()) if one.id.name == name]

    def _forget(self) -> None:
        """Drops what is not wanted and not in memory; its last state stays known."""
        for one in list(self._harnesses.values()):
            if not one.aspired and one.phase in {Phase.NEW, Phase.OVER}:
                del self._harnesses[one.id]
                self._names.remove(one.id.name)

    def _take_up(self, name: str) -> None:
        """Makes a model's pending versions the wanted ones."""
        versions = self._pending[name]
        numbers = {version for version, _ in versions}
        managed = self._of_model(name)
        if any(not one.aspired and one.id.version in numbers for one in managed):
            return  # one of them is wanted again and must have been unloaded before
        del self._pending[name]
        for one in managed:
            if one.id.version not in numbers:
                one.aspired = False
                one.cancelled.set()
        known = {one.id.version for one in managed}
        for version, directory in versions:
            if version not in known:
                self._add(Harness(id=ServableId(name, version), directory=directory))

    def _add(self, harness: Harness) -> None:
        if harness.id in self._harnesses:
            log.error(
                log.ASPIRED_VERSIONS,
                359,
                f"Internal error: Unable to transfer servable {harness.id} to 'basic_manager_': "
                f"This servable is already being managed: {harness.id}",
            )
            return
        self._harnesses[harness.id] = harness
        self._names.add(harness.id.name)
        self._monitor.publish(harness.id, State.START)

    def _start_load(self, harness: Harness) -> None:
        with self._choosing_threads:
            if self._loaders:
                self._loaders.submit(self._load, harness)
                return
        self._load(harness)

    def _load(self, harness: Harness) -> None:
        try:
            with self._deciding:
                harness.approve(self._options)
            self._monitor.publish(harness.id, State.LOADING)
            servable = harness.load(self._options, self._settling())
        except StatusError as error:
            with self._lock:
                harness.phase = Phase.OVER
            self._monitor.publish(harness.id, State.END, error)
            log.error(log.ASPIRED_VERSIONS, 420, f"Servable {harness.id} cannot be loaded: {error}")
        else:
            with self._deciding, self._lock:
                harness.servable = servable
                harness.phase = Phase.READY
            self._monitor.publish(harness.id, State.AVAILABLE)

    def _settling(self) -> float:
        """A version that loads alone need not wait: nothing overlaps."""
        with self._lock:
            return _SETTLING if self._loaders and len(self._harnesses) > 1 else 0

    def _unload(self, harness: Harness) -> None:
        log.info(log.HARNESS, 164, f"Quiescing servable version {harness.id}")
        self._monitor.publish(harness.id, State.UNLOADING)
        with self._lock:
            harness.phase = Phase.UNLOADING
            self._lock.wait_for(lambda: not harness.users)
        log.info(log.HARNESS, 171, f"Done quiescing servable version {harness.id}")
        if harness.servable:
            harness.unload(harness.servable.session)
        with self._lock:
            harness.phase = Phase.OVER
        self._monitor.publish(harness.id, State.END)


def _to_unload(versions: Iterable[Harness]) -> Harness | None:
    """The version of a model to unload now, if any."""
    harnesses = list(versions)
    wanted = [one for one in harnesses if one.aspired]
    leaving = [one for one in harnesses if not one.aspired and one.phase is Phase.READY]
    served = any(one.phase is Phase.READY for one in wanted)
    if wanted and not served and len(leaving) < 2:
        return None
    return min(leaving, key=lambda one: one.id.version, default=None)


def _to_load(versions: Iterable[Harness]) -> Harness | None:
    """The version of a model to load now, if any: the newest first."""
    new = [one for one in versions if one.aspired and one.phase is Phase.NEW]
    return max(new, key=lambda one: one.id.version, default=None)
