"""The server without its APIs: TF Serving's `ServerCore`."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from servegate.embedded import log
from servegate.embedded.harness import Servable
from servegate.embedded.manager import Manager
from servegate.embedded.model_configs import (
    MonitoredModel,
    check_list,
    check_platform,
    check_platforms_stay,
    check_transition,
    is_custom,
    is_empty,
    monitored,
)
from servegate.embedded.options import Options
from servegate.embedded.source import PathSource
from servegate.embedded.states import Snapshot, State, StateMonitor
from servegate.embedded.status import Code, StatusError, invalid_argument
from servegate.tfserving.label_rules import REFUSAL, refused
from servegate.tfserving.versions import Version

_INITIAL_LOAD_THREADS_PER_CPU = 4
Labels = Mapping[str, Mapping[str, Version]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which model is asked: by a version or a label, or whichever version is the newest.

    Texts of URLs may hold bytes that are not UTF-8; they are lone surrogates here.
    """

    model: str
    version: Version | None = None
    label: str | None = None


def wanted(spec: ModelSpec) -> Wanted:
    """What a request of the gRPC API asks for."""
    match spec.WhichOneof("version_choice"):
        case "version":
            return Wanted(model=spec.name, version=Version(spec.version.value))
        case "version_label":
            return Wanted(model=spec.name, label=spec.version_label)
        case _:
            return Wanted(model=spec.name)


class Core:
    """The models of a configuration: watched, loaded, and found by name, version or label.

    `configure` once with the first configuration, then whenever it changes; `stop` at the end.
    """

    def __init__(self, options: Options, cpus: int) -> None:
        self._options = options
        self._cpus = cpus
        self._monitor = StateMonitor()
        self._manager = Manager(options.loading, self._monitor)
        self._source: PathSource | None = None  # until a first configuration has succeeded
        self._manager.start()
        self._configuring = threading.Lock()
        self._config: ModelServerConfig | None = None
        self._labels: Labels = {}

    def configure(self, config: ModelServerConfig) -> None:
        """Takes a configuration up and waits until each model that is new has become something.

        Raises `StatusError`: a configuration that is wrong (nothing has changed then, except
        perhaps the labels), or a new model that did not become available.
        """
        with self._configuring:
            check_transition(self._config, config)
            if is_empty(config):
                log.info(log.SERVER_CORE, 483, "Taking no action for empty config.")
                return
            check_list(config.model_config_list.config)
            check_platforms_stay(self._config, config)
            models = [monitored(one) for one in config.model_config_list.config]
            self._config = config
            self._set_labels(models)
            log.info(log.SERVER_CORE, 516, "Adding/updating models.")
            if is_custom(config):
                message = "ModelServer does not yet support custom model config."
                log.fatal(log.SERVER, 73, message)
            self._check_routes(config)
            if self._source:
                self._load_new(self._source, models)
            else:
                self._source = self._load_first(models)
            log.info(log.SERVER_CORE, 537, "Finished adding/updating models")
            if not self._options.models.flush_caches:
                log.info(log.SERVER_CORE, 545, "Finished reloading config")

    def stop(self) -> None:
        """Unloads everything."""
        if self._source:
            self._source.stop()
        self._manager.stop()

    @contextmanager
    def borrow(self, asked: Wanted) -> Iterator[Servable]:
        """The version that a request names; it stays loaded until the block ends.

        Raises `StatusError` where there is none.
        """
        if not asked.model:
            raise invalid_argument("ModelSpec has no name specified.")
        with self._manager.borrow(asked.model, self._version(asked)) as servable:
            yield servable

    def states(self, asked: Wanted) -> Mapping[Version, Snapshot]:
        """What became of a model's versions, newest first. Raises `StatusError` (NOT_FOUND).

        A label is ignored, as in TF Serving.
        """
        versions = self._monitor.versions(asked.model)
        if asked.version is None:
            if not versions:
                message = f"Could not find any versions of model {asked.model}"
                raise StatusError(Code.NOT_FOUND, message)
            return versions
        if asked.version not in versions:
            message = f"Could not find version {asked.version} of model {asked.model}"
            raise StatusError(Code.NOT_FOUND, message)
        return {asked.version: versions[asked.version]}

    def _version(self, asked: Wanted) -> Version | None:
        if asked.label is None:
            return asked.version
        known = self._labels.get(asked.model, {})
        if asked.label not in known:
            raise invalid_argument(f"Unrecognized servable version label: {asked.label}")
        return known[asked.label]

    def _set_labels(self, models: Iterable[MonitoredModel]) -> None:
        """Checks the labels and sets them (`UpdateModelVersionLabelMap`).

        A label may name a version only once that is available. With the flag, a new label may
        name any version, but one that moves may not.
        """
        labels = {model.name: dict(model.labels) for model in models if model.labels}
        for name, wanted in labels.items():
            states = self._monitor.versions(name)
            available = [one for one, known in states.items() if known.state is State.AVAILABLE]
            allowed = self._options.models.labels_for_unavailable
            known = self._labels.get(name, {})
            for label in refused(known, wanted, available, for_unavailable=allowed):
                raise StatusError(
                    Code.FAILED_PRECONDITION,
                    f"{REFUSAL} {wanted[label]} of model {name}, "
                    "which is not currently available for inference",
                )
        self._labels = labels

    def _check_routes(self, config: ModelServerConfig) -> None:
        for one in config.model_config_list.config:
            log.info(log.SERVER_CORE, 645, f" (Re-)adding model: {one.name}")
        for one in config.model_config_list.config:
            check_platform(one)

    def _load_first(self, models: Collection[MonitoredModel]) -> PathSource:
        """The first load uses more threads than the later ones, and is waited for to its end."""
        source = PathSource(self._options.models.poll, self._manager.set_aspired)
        self._manager.set_load_threads(_INITIAL_LOAD_THREADS_PER_CPU * self._cpus)
        source.update(models)
        source.start()
        try:
            self._await([one.name for one in models], "servable(s)")
        except StatusError:
            source.stop()
            raise
        finally:
            self._manager.set_load_threads(self._options.loading.threads)
        return source

    def _load_new(self, source: PathSource, models: Collection[MonitoredModel]) -> None:
        """Waits for those that the source has not watched; a configuration may have failed."""
        known, since = source.names(), self._monitor.latest_change()
        source.update(models)
        self._await([one.name for one in models if one.name not in known], "model(s)", since)

    def _await(self, names: Iterable[str], what: str, since: int = 0) -> None:
        decided = self._monitor.wait_until_decided(names, since)
        failed = [
            f"{{{servable} due to error: {snapshot.error or 'OK'}}}, "
            for servable, snapshot in sorted(decided.items())
            if snapshot.state is not State.AVAILABLE
        ]
        if failed:
            message = f"{len(failed)} {what} did not become available: {{{''.join(failed)}}}"
            raise StatusError(Code.UNKNOWN, message)
