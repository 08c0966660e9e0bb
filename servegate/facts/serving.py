"""What the gate asks of a model server: the interface between checks and runtimes.

A runtime starts processes or containers and knows nothing of models; the client behind a server
knows requests and nothing of processes. Evidence providers and checks see these types alone.

A server's life: `start` returns once the process runs; it is *starting* until `await_version`
returns, *ready* from then on, and *gone* after `stop` or when it died. Questions may be asked
when it is ready, from several threads. `log` may be called at any time, also after `stop`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from servegate.deadline import Deadline
from servegate.tfserving.policy import VersionPolicy
from servegate.tfserving.versions import Version

Array = npt.NDArray[np.generic]
Tensors = Mapping[str, Array]
"""Tensors by input or output name; strings are object arrays of `bytes`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """One model that a server is to watch: `base_path` is a directory of this machine.

    `place` is its base path in production's server, empty where nobody has said; a runtime that
    has a file system of its own puts the model there.
    """

    name: str
    base_path: Path
    policy: VersionPolicy = field(default_factory=VersionPolicy)
    labels: Mapping[str, Version] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What to start: models, production's flags (placement and ports excepted), retries.

    `max_load_retries` is 0 for the gate: a candidate that cannot load is known at once, not
    after the five minutes that TF Serving retries by default. Labels are fatal at a server's
    start unless a flag allows them; a runtime adds that flag, except with `labels_as_given`.
    """

    models: tuple[ServedModel, ...]
    flags: tuple[str, ...] = ()
    max_load_retries: int = 0
    labels_as_given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionState:
    """One row of TF Serving's `ModelVersionStatus`; `error` is empty when its code is OK."""

    version: Version
    state: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One predict request. `version` None asks as clients do that name no version."""

    model: str
    signature: str
    inputs: Tensors
    version: Version | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A predict response: `version` is the one that TF Serving's model spec names."""

    outputs: Tensors
    version: Version
    seconds: float


class RequestRefused(Exception):
    """The server answered with an error: the request, or the model, is at fault.

    `code` is gRPC's name of the status ("INVALID_ARGUMENT"), `text` the server's own words.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class ServerFailed(Exception):
    """The server died, hung, or sent something that is no answer. `log` is the end of its log.

    `deserved`: it broke a rule that production sets, and production would have ended it too.
    """

    def __init__(self, reason: str, log: str, *, deserved: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.log = log
        self.deserved = deserved


class LoadFailed(Exception):
    """The version did not become AVAILABLE. `reason` is the server's own, `log` its log's end."""

    def __init__(self, reason: str, log: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.log = log


class Server(Protocol):
    """A running server that can be questioned. All waits end with the deadline's exceptions."""

    def await_version(self, model: str, version: Version, deadline: Deadline) -> None:
        """Waits until this very version is AVAILABLE.

        Raises `LoadFailed` when it ended with an error or the server gave up starting because of
        it, `ServerFailed` when the server died for another reason, `DeadlineExceeded`.
        """

    def states(self, model: str, deadline: Deadline) -> tuple[VersionState, ...]:
        """The status of every version the server knows of, newest first."""

    def predict(self, question: Question, deadline: Deadline) -> Answer:
        """Asks by gRPC. Raises `RequestRefused` or `ServerFailed`."""

    def grpc_version(self, model: str, deadline: Deadline, *, label: str | None = None) -> Version:
        """The version that gRPC metadata names for requests that name none, or this label."""

    def rest_version(self, model: str, deadline: Deadline) -> Version:
        """The version that REST metadata names for requests that name none."""

    def log(self) -> str:
        """The whole log so far."""

    def stop(self) -> None:
        """Ends the server and frees everything it held. May be called twice."""


class Deployment(Protocol):
    """What a deployment does to a running server. Every step happens at one moment.

    `model` is a name of the launch, `name` that of a version directory. All raise `CannotTell`
    when the place is not usable, and the deadline's exceptions.
    """

    def deliver(self, model: str, directory: Path, name: str, deadline: Deadline) -> None:
        """Adds a version directory to a base path: made ready elsewhere, then renamed."""

    def withdraw(self, model: str, name: str, deadline: Deadline) -> None:
        """Takes a version directory away from a base path."""

    def reconfigure(self, models: tuple[ServedModel, ...], deadline: Deadline) -> None:
        """Gives the server another list of models (`HandleReloadConfigRequest`).

        Their base paths are those of the launch, whatever they say. Raises `RequestRefused` with
        the server's own words, and `ServerFailed`.
        """

    def memory(self) -> int | None:
        """The bytes that the server holds now, None where that cannot be measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgradable:
    """A server, and the deployments that reach it while it runs."""

    server: Server
    deployment: Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedImage:
    """What a container was started from: production's image and, on top of it, the candidate's.

    `serving` is by digest where the engine knows one, else as it was named; `id` is the engine's
    own ("sha256:…"). `digest` is what a registry calls the image in which the project itself puts
    the candidate, None where it is in none or the gate alone has put it into one.
    """

    serving: str
    id: str
    digest: str | None = None


class Runtime(Protocol):
    """One way to run a model server. `name` goes into the reports."""

    @property
    def name(self) -> str:
        """`embedded`, `binary` or `docker`."""

    @property
    def image(self) -> ServedImage | None:
        """What the first server of this runtime was started from, None without containers."""

    def start(self, launch: Launch, deadline: Deadline) -> Server:
        """Starts a server. Raises `CannotTell` when the runtime itself is not usable."""

    def start_upgradable(self, launch: Launch, deadline: Deadline) -> Upgradable:
        """Starts one whose version directories and configuration can change. Raises likewise."""
