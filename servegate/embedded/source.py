"""The watch over base paths: which versions are there, and which of them are wanted.

Source: `tensorflow_serving/sources/storage_path/file_system_storage_path_source.cc` and logs of
a TF Serving 2.20. Only names are looked at: what changes inside a version directory is not seen.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from servegate.embedded import log
from servegate.embedded.model_configs import MonitoredModel
from servegate.embedded.status import Code, StatusError, from_os_error, invalid_argument
from servegate.tfserving.policy import PolicyKind, aspired
from servegate.tfserving.versions import Version, VersionName, VersionNames, read_names

# `io::ParseURI` of TensorFlow, whose own file systems are those of this machine.
_SCHEME = re.compile(r"(?!file:)([A-Za-z][0-9A-Za-z.]*)://")

AspiredVersions = tuple[tuple[Version, Path], ...]
Emit = Callable[[str, AspiredVersions], None]


class PathSource:
    """Tells `emit` for each model which versions are wanted, in the order to note them.

    `poll_seconds`: time between two looks; zero is one look, negative none.
    """

    def __init__(self, poll_seconds: int, emit: Emit) -> None:
        self._poll_seconds = poll_seconds
        self._emit = emit
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._models: tuple[MonitoredModel, ...] = ()

    def update(self, models: Iterable[MonitoredModel]) -> None:
        """Sets the models to watch; of one that is gone, no version is wanted any more."""
        with self._lock:
            old, self._models = self._models, tuple(models)
            kept = {model.name for model in self._models}
            for model in old:
                if model.name not in kept:
                    self._emit(model.name, ())

    def names(self) -> frozenset[str]:
        """The models that are watched."""
        with self._lock:
            return frozenset(model.name for model in self._models)

    def start(self) -> None:
        """Starts looking, on a thread of its own."""
        if self._poll_seconds >= 0:
            threading.Thread(target=self._watch, name="poll", daemon=True).start()

    def stop(self) -> None:
        """Ends the watch; a look that has begun is finished."""
        self._stopped.set()

    def _watch(self) -> None:
        self._look()
        while self._poll_seconds and not self._stopped.wait(self._poll_seconds):
            self._look()

    def _look(self) -> None:
        """One poll. A base path that cannot be listed makes it fail for all models."""
        with self._lock:
            try:
                found = [(model.name, _wanted(model)) for model in self._models]
            except StatusError as problem:
                log.error(
                    log.SOURCE,
                    416,
                    "FileSystemStoragePathSource encountered a filesystem access error: "
                    + problem.message,
                )
                return
            for name, versions in found:
                self._emit(name, versions)


def _wanted(model: MonitoredModel) -> AspiredVersions:
    names = read_names(_children(model))
    for duplicate in names.duplicates:
        for replaced, by in zip(
            duplicate.ignored, (*duplicate.ignored[1:], duplicate.loaded), strict=True
        ):
            log.warning(
                log.SOURCE,
                129,
                f"Duplicate version directories detected. Version {duplicate.version} "
                f"will be loaded from {by}, {replaced} will be ignored.",
            )
    wanted = tuple(_chosen(model, names))
    if not wanted and not (model.policy.kind is PolicyKind.SPECIFIC and not model.policy.versions):
        log.warning(
            log.SOURCE,
            314,
            f"No versions of servable {model.name} found under base path {model.base_path}. "
            "Did you forget to name your leaf directory as a number (eg. '/1/')?",
        )
    base = Path(model.base_path)
    return tuple((one.version, base / one.name) for one in wanted)


def _children(model: MonitoredModel) -> list[str]:
    base = model.base_path
    problem = _inaccessible(base)
    if problem:
        raise invalid_argument(
            f"Could not find base path {base} for servable {model.name} with error {problem}"
        )
    try:
        return [child.name for child in Path(base).iterdir()]
    except OSError as error:
        raise from_os_error(base, error) from error


def _inaccessible(base: str) -> StatusError | None:
    """Why there is nothing to list, None where there is something."""
    scheme = _SCHEME.match(base)
    if scheme:
        reason = f"File system scheme '{scheme[1]}' not implemented (file: '{base}')"
        return StatusError(Code.UNIMPLEMENTED, reason)
    found = os.access(base, os.F_OK)
    return None if found else StatusError(Code.NOT_FOUND, f"{base} not found")


def _chosen(model: MonitoredModel, names: VersionNames) -> Iterator[VersionName]:
    """The versions in the order in which TF Serving emits them, with their duplicates."""
    match model.policy.kind:
        case PolicyKind.LATEST:
            yield from reversed(aspired(model.policy, names))
        case PolicyKind.ALL:
            yield from _every_name(names)
        case PolicyKind.SPECIFIC:
            yield from _requested(model, names)


def _every_name(names: VersionNames) -> Iterator[VersionName]:
    """All, also several names of one number: the manager takes the first and reports the rest."""
    ignored = (
        VersionName(name=name, version=one.version)
        for one in names.duplicates
        for name in one.ignored
    )
    everyone = [*names.versions, *ignored]
    yield from sorted(everyone, key=lambda one: one.name.encode("utf-8", "surrogateescape"))


def _requested(model: MonitoredModel, names: VersionNames) -> Iterator[VersionName]:
    if not model.policy.versions:
        log.warning(log.SOURCE, 181, f"No specific versions requested for servable {model.name}.")
    for version in model.policy.versions:
        found = names.named(version)
        if found:
            yield found
            continue
        log.warning(
            log.SOURCE,
            238,
            f"Version {version} of servable {model.name}, which was requested to be served "
            "as a 'specific' version in the servable's version policy, was not found in the "
            "file system",
        )
