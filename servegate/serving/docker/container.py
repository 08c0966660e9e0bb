"""The server's container: confined, watched, and kept until its log has been read."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import docker
from docker.errors import APIError, NotFound
from docker.types import LogConfig, Ulimit

from servegate.errors import CannotTell
from servegate.isolation.process import Exit
from servegate.serving.docker.engine import Answer, explained, forgiving, reason
from servegate.serving.docker.labels import new_name, own_labels

LOG_MEBIBYTES = 8
_PROCESSES = 4096  # TF Serving starts some threads for each core; the limit counts threads
_TMP = "rw,nosuid,nodev,size=256m"
_STOP_SECONDS = 30
_SIGNALLED = 128
_NOT_EXECUTABLE = (126, 127)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """What the container may do. `memory` is in bytes; `by_production` says who set it."""

    user: str
    memory: int
    by_production: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be started; `volumes` maps named volumes to where they are mounted."""

    image: str
    arguments: Sequence[str]
    network: str
    confinement: Confinement
    volumes: dict[str, str] = field(default_factory=dict)


class Container:
    """Implements `servegate.serving.server.Body` for a container."""

    def __init__(self, client: docker.APIClient, plan: Plan) -> None:
        self._client = client
        self._plan = plan
        self._stopping = threading.Lock()
        self._ended: tuple[Exit, bytes] | None = None
        self.name = new_name("server")

    def start(self) -> None:
        """Creates and starts it. Raises `CannotTell`; `remove` is needed all the same."""
        with explained("starting the server's container"):
            self._client.create_container(
                self._plan.image,
                command=list(self._plan.arguments),
                name=self.name,
                user=self._plan.confinement.user,
                labels=own_labels(),
                volumes=list(self._plan.volumes.values()),
                host_config=self._host_config(),
                networking_config=self._client.create_networking_config(
                    {self._plan.network: self._client.create_endpoint_config(aliases=[self.name])}  # type: ignore[arg-type]
                ),
            )
            try:
                self._client.start(self.name)
            except APIError as error:
                if error.status_code == 400:  # the engine's word for what cannot be executed
                    raise _not_executable(reason(error)) from error
                raise

    def _host_config(self) -> Answer:
        memory = self._plan.confinement.memory
        return self._client.create_host_config(
            network_mode=self._plan.network,
            binds=[f"{volume}:{place}" for volume, place in self._plan.volumes.items()],
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            read_only=True,
            tmpfs={"/tmp": _TMP},  # noqa: S108 - the container's own
            mem_limit=memory,
            memswap_limit=memory,
            pids_limit=_PROCESSES,
            restart_policy={"Name": "no"},
            log_config=LogConfig(
                type=LogConfig.types.JSON,
                config={"max-size": f"{LOG_MEBIBYTES}m", "max-file": "1"},
            ),
            ulimits=[Ulimit(name="core", soft=0, hard=0)],
        )

    def poll(self) -> Exit | None:
        """See `Body.poll`."""
        if self._ended is not None:
            return self._ended[0]
        with explained("asking whether the server still runs"):
            try:
                state = self._client.inspect_container(self.name)["State"]
            except NotFound:
                return Exit(status=-signal.SIGKILL, told="somebody else has removed its container")
        if state["Running"] or state["Status"] == "created":
            return None
        return _exit(state, self._plan.confinement)

    def output(self, limit: int) -> str:
        """See `Body.output`."""
        return (self._log() if self._ended is None else self._ended[1])[-limit:].decode(
            "utf-8", "replace"
        )

    def _log(self) -> bytes:
        with explained("reading the server's log"):
            try:
                return bytes(self._client.logs(self.name))
            except NotFound:
                return b""

    def stop(self) -> None:
        """Ends it by SIGKILL: the official entrypoint does not pass SIGTERM on."""
        with self._stopping:
            if self._ended is None:
                end = None
                with suppress(CannotTell):
                    self._kill()
                    end = self.poll()
                log = b""
                with suppress(CannotTell):
                    log = self._log()
                self._ended = end or Exit(status=-signal.SIGKILL), log

    def _kill(self) -> None:
        with explained("stopping the server"):
            try:
                self._client.kill(self.name)
            except APIError as error:
                if error.status_code not in {404, 409}:  # not there, not running
                    raise
                return
            self._client.wait(self.name, timeout=_STOP_SECONDS)

    def remove(self) -> None:
        """Removes it with the volumes that the image made. What fails is swept later."""
        with forgiving():
            self._client.remove_container(self.name, v=True, force=True)


def _not_executable(told: str) -> CannotTell:
    return CannotTell(
        f"The serving image cannot be executed: {told}",
        remedy="See whether `serving.image` names an image of TF Serving for this machine's "
        "architecture.",
    )


def _exit(state: Answer, confinement: Confinement) -> Exit:
    code = int(state["ExitCode"])
    if code in _NOT_EXECUTABLE:
        return Exit(status=code, not_started=f"its image ended with exit status {code}")
    number = code - _SIGNALLED
    name = ""
    with suppress(ValueError):
        name = signal.Signals(number).name
    if not name:
        told = "exit status 255: it gave up" if code == 255 else ""
        return Exit(status=code, told=told)
    killed = number == signal.SIGKILL
    told = f"signal {name}, exit status {code}{_cause(number, state, confinement)}"
    deserved = killed and state["OOMKilled"] and confinement.by_production
    return Exit(status=-number, told=told, deserved=deserved)


def _cause(number: int, state: Answer, confinement: Confinement) -> str:
    if number == signal.SIGILL:
        return ": its program uses instructions that this machine's processor does not have"
    if number != signal.SIGKILL:
        return ""
    if not state["OOMKilled"]:
        return (
            ": ended from outside; the machine may be out of memory: take a larger one, or examine "
            "fewer models at once (`jobs`)"
        )
    limit = f"{confinement.memory / 2**30:.3g} GiB"
    if confinement.by_production:
        return f": it needed more memory than the {limit} of `serving.memory`"
    return (
        f": it needed more memory than the {limit} that the gate can give here; "
        "`serving.memory` says what production gives"
    )
