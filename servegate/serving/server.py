"""A model server that runs somewhere and is asked by network: what all runtimes share."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias, TypeVar

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.errors import CannotTell
from servegate.facts.serving import (
    Answer,
    LoadFailed,
    Question,
    RequestRefused,
    ServerFailed,
    VersionState,
)
from servegate.isolation.process import TAIL_BYTES, Exit
from servegate.phases import Phase, Spent
from servegate.savedmodel.tensors import BadTensor, to_numpy
from servegate.serving.grpc_client import GrpcClient, NoAnswer
from servegate.serving.rest_client import RestClient
from servegate.serving.server_log import complaint, load_failure, start_failure
from servegate.tfserving.versions import Version

LOG_BYTES = 4 * 2**20
"""The end of the log that is kept: TF Serving writes some kilobytes for a model."""

_POLL_SECONDS = 0.05
_STATUS_SECONDS = 2.0
# A connection breaks before the system tells of the death behind it.
_GRACE_SECONDS = 1.0
_SIGKILL = -9

_Message: TypeAlias = Any
_T = TypeVar("_T")


class Body(Protocol):
    """What a server runs in: a process, or a container."""

    def poll(self) -> Exit | None:
        """How it ended, None while it runs."""

    def output(self, limit: int) -> str:
        """The last `limit` bytes of its log."""

    def stop(self) -> None:
        """Ends it. May be called twice."""


class ModelServer:
    """Implements `servegate.facts.serving.Server` for a body that answers at an address.

    `release` is called once, after the body has been stopped. The time until versions are there
    is added to `spent`.
    """

    def __init__(
        self,
        body: Body,
        *,
        host: str,
        grpc_port: int,
        rest_port: int,
        release: Callable[[], None],
        spent: Spent | None = None,
    ) -> None:
        self._body = body
        self._grpc = GrpcClient(host, grpc_port)
        self._rest = RestClient(host, rest_port)
        self._release = release
        self._spent = spent or Spent()
        self._final_log: str | None = None
        self._stopping = threading.Lock()

    def await_version(self, model: str, version: Version, deadline: Deadline) -> None:
        """See `Server.await_version`."""
        with self._spent.on(Phase.START):
            self._await(model, version, deadline)

    def _await(self, model: str, version: Version, deadline: Deadline) -> None:
        last = "the server has not opened its port"
        try:
            while True:
                self._raise_if_dead(model, version)
                try:
                    states = self._states(model, deadline.within(_STATUS_SECONDS))
                    last = _told(states) or "the server knows no version of it"
                    if _is_available(states, version, self._tail):
                        return
                except (NoAnswer, RequestRefused) as error:
                    last = str(error)
                deadline.sleep(_POLL_SECONDS)
        except DeadlineExceeded as error:
            raise DeadlineExceeded(self._overdue(model, version, last)) from error

    def states(self, model: str, deadline: Deadline) -> tuple[VersionState, ...]:
        """See `Server.states`. Raises `RequestRefused` and `ServerFailed`."""
        return self._asked(lambda: self._states(model, deadline), deadline)

    def predict(self, question: Question, deadline: Deadline) -> Answer:
        """See `Server.predict`."""
        started = time.perf_counter()
        reply = self._asked(lambda: self._grpc.predict(question, deadline), deadline)
        seconds = time.perf_counter() - started
        version = self._named_version(reply)
        try:
            outputs = {name: to_numpy(proto) for name, proto in reply.outputs.items()}
        except BadTensor as error:
            raise ServerFailed(
                f"The server's answer is no tensor: {error}.", self._tail()
            ) from error
        return Answer(outputs=outputs, version=version, seconds=seconds)

    def grpc_version(self, model: str, deadline: Deadline, *, label: str | None = None) -> Version:
        """See `Server.grpc_version`. Raises `RequestRefused` and `ServerFailed`."""
        return self._named_version(
            self._asked(lambda: self._grpc.metadata(model, label, deadline), deadline)
        )

    def rest_version(self, model: str, deadline: Deadline) -> Version:
        """See `Server.rest_version`. Raises `RequestRefused` and `ServerFailed`."""
        return self._asked(lambda: self._rest.version(model, deadline), deadline)

    def reload(self, config: _Message, deadline: Deadline) -> None:
        """Gives the server a `ModelServerConfig`. Raises `RequestRefused` and `ServerFailed`."""
        self._asked(lambda: self._grpc.reload(config, deadline), deadline)

    def log(self) -> str:
        """See `Server.log`: its last 4 MiB."""
        return self._body.output(LOG_BYTES) if self._final_log is None else self._final_log

    def stop(self) -> None:
        """See `Server.stop`."""
        with self._stopping:
            if self._final_log is None:
                self._grpc.close()
                self._body.stop()
                self._release()
                self._final_log = self._body.output(LOG_BYTES)

    def _states(self, model: str, deadline: Deadline) -> tuple[VersionState, ...]:
        reply = self._grpc.status(model, deadline)
        states = [_state(one) for one in reply.model_version_status]
        return tuple(sorted(states, key=lambda state: state.version, reverse=True))

    def _named_version(self, reply: _Message) -> Version:
        if not reply.model_spec.HasField("version"):
            raise ServerFailed("The server's answer names no version.", self._tail())
        return Version(reply.model_spec.version.value)

    def _tail(self) -> str:
        return self.log()[-TAIL_BYTES:]

    def _asked(self, ask: Callable[[], _T], deadline: Deadline) -> _T:
        """Turns the failure of a question into the failure of the server, with what it died of."""
        try:
            return ask()
        except NoAnswer as error:
            end = self._end_within(deadline.within(_GRACE_SECONDS))
            reason = (
                f"The server died ({_explained(end)})" if end else f"The server failed: {error}"
            )
            deserved = end is not None and end.deserved
            raise ServerFailed(f"{reason}.", self._tail(), deserved=deserved) from error

    def _end_within(self, deadline: Deadline) -> Exit | None:
        try:
            while (end := self._body.poll()) is None:
                deadline.sleep(_POLL_SECONDS)
        except DeadlineExceeded:
            return None
        return end

    def _raise_if_dead(self, model: str, version: Version) -> None:
        end = self._body.poll()
        if end is None:
            return
        if end.not_started:
            raise CannotTell(f"The model server could not be executed: {end.not_started}.")
        log = self.log()
        if reason := load_failure(log, model, version):
            raise LoadFailed(reason, self._tail())
        if end.deserved:
            raise LoadFailed(f"The server died ({end}).", self._tail())
        said = start_failure(log)
        because = f": {said}" if said else ""
        raise ServerFailed(f"The server died ({_explained(end)}){because}.", self._tail())

    def _overdue(self, model: str, version: Version, last: str) -> str:
        hint = complaint(self.log())
        said = f" The server says: {hint}" if hint else ""
        return (
            f"Version {version} of {model} did not become AVAILABLE in time; {last}.{said}\n"
            f"The end of the server's log:\n{self._tail()}"
        )


def _state(status: _Message) -> VersionState:
    descriptor = type(status).DESCRIPTOR.fields_by_name["state"].enum_type
    named = descriptor.values_by_number.get(status.state)
    error = ""
    if status.status.error_code:
        error = status.status.error_message or f"error {status.status.error_code}"
    name = named.name if named else str(status.state)
    return VersionState(version=Version(status.version), state=name, error=error)


def _is_available(
    states: tuple[VersionState, ...], version: Version, tail: Callable[[], str]
) -> bool:
    """Raises `LoadFailed` when the version has ended with an error."""
    state = next((one for one in states if one.version == version), None)
    if state is not None and state.state == "END" and state.error:
        raise LoadFailed(state.error, tail())
    return state is not None and state.state == "AVAILABLE"


def _told(states: tuple[VersionState, ...]) -> str:
    return ", ".join(
        f"version {one.version} is {one.state}" + (f" ({one.error})" if one.error else "")
        for one in states
    )


def _explained(end: Exit) -> str:
    return f"{end}; out of memory?" if end.status == _SIGKILL and not end.told else str(end)
