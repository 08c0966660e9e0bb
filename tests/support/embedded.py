"""The embedded server as a process of its own, and the questions that tests put to it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc

from tests.support.processes import eventually

ENTRYPOINT = Path(__file__).resolve().parents[2] / "entrypoint.py"
QUICK = ("--file_system_poll_wait_seconds=1", "--max_num_load_retries=0")


_handed_out: set[int] = set()


def free_port() -> int:
    """A port that was free a moment ago, and that nobody in this process was told before."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _handed_out:
            _handed_out.add(port)
            return port


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body, an object, as Python's JSON reads it."""
        document: dict[str, Any] = json.loads(self.body)
        return document


class EmbeddedServer:
    """`entrypoint.py serve` on free ports; a context manager that ends the process.

    `launcher` is a command that starts it in its own way.
    """

    def __init__(self, folder: Path, *flags: str, launcher: Sequence[str] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.grpc_port, self.rest_port = free_port(), free_port()
        self.log_path = folder / "server.log"
        ports = (f"--port={self.grpc_port}", f"--rest_api_port={self.rest_port}")
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [*launcher, sys.executable, str(ENTRYPOINT), "serve", *ports, *flags],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        self.channel = grpc.insecure_channel(
            f"127.0.0.1:{self.grpc_port}",
            options=[
                ("grpc.max_receive_message_length", -1),
                ("grpc.max_send_message_length", -1),
            ],
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.channel.close()
        self.process.kill()
        self.process.wait()

    def opened(self) -> Self:
        """Waits until the REST port, the last to open, is open."""
        assert eventually(lambda: self.is_open or self.process.poll() is not None), self.log
        assert self.process.poll() is None, self.log
        return self

    @property
    def is_open(self) -> bool:
        """Whether the REST port accepts connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.rest_port)) == 0

    @property
    def log(self) -> str:
        """Everything that the process has written."""
        return self.log_path.read_text(errors="replace")

    def logged(self, text: str, *, times: int = 1) -> None:
        """Waits until the log holds a text."""
        assert eventually(lambda: self.log.count(text) >= times), self.log

    def ended(self) -> int:
        """Waits until the process has ended; its exit code."""
        return self.process.wait(timeout=60)

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, patience: float = 60
    ) -> Answer:
        """Any HTTP request. Raises `TimeoutError` where no answer comes within so many seconds."""
        connection = HTTPConnection("127.0.0.1", self.rest_port, timeout=patience)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(status=response.status, body=response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        """A GET below `/v1/models`."""
        return self.ask("GET", f"/v1/models{path}")

    def post(self, path: str, document: object) -> Answer:
        """A POST of JSON below `/v1/models`."""
        return self.ask("POST", f"/v1/models{path}", json.dumps(document).encode())

    def predict(self, model: str, *rows: float) -> list[float]:
        """The predictions for scalar rows; the model must answer."""
        answer = self.post(f"/{model}:predict", {"instances": rows})
        assert answer.status == 200, answer.body
        return [float(one) for one in answer.json["predictions"]]

    def states(self, model: str) -> dict[str, str]:
        """The state of each version of a model."""
        versions = self.get(f"/{model}").json.get("model_version_status", [])
        return {one["version"]: one["state"] for one in versions}

    def reaches(self, model: str, states: dict[str, str]) -> None:
        """Waits until a model's versions have exactly these states."""
        assert eventually(lambda: self.states(model) == states), (self.states(model), self.log)


def one_model(base: Path, name: str = "m") -> Sequence[str]:
    """The flags that serve one model."""
    return (f"--model_name={name}", f"--model_base_path={base}", *QUICK)


def model_config(folder: Path, *models: str) -> str:
    """Writes a ModelServerConfig of the given `config {}` bodies; the flag that names it."""
    path = folder / "models.config"
    configs = " ".join(f'config {{ model_platform: "tensorflow" {one} }}' for one in models)
    path.write_text(f"model_config_list {{ {configs} }}")
    return f"--model_config_file={path}"
