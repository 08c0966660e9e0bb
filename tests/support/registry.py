"""A registry of images on this machine's loopback, which every engine takes without TLS."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import docker
import pytest

from tests.support.engine import tiny_image
from tests.support.processes import eventually

PROGRAM = "docker-registry"  # Debian's name for the reference implementation
_CONFIG = """version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {data}}}}}
http: {{addr: {address}}}
"""


@dataclass(slots=True, kw_only=True)
class Registry:
    """`address` stays the same from one start to the next, and so does what was pushed."""

    folder: Path
    address: str
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Returns once it answers."""
        config = self.folder / "config.yml"
        config.write_text(_CONFIG.format(data=self.folder / "data", address=self.address))
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAM, "serve", str(config)], stdout=log, stderr=log
            )
        assert eventually(self._answers), (self.folder / "log").read_text()

    def stop(self) -> None:
        """May be called twice."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def push(self, client: docker.APIClient, name: str) -> tuple[str, str]:
        """Pushes an image of a few bytes; its name, and its name by digest.

        The engine does not have it afterwards.
        """
        repository = f"{self.address}/{name}"
        context = self.folder / name
        context.mkdir()
        tiny_image(client, context, "FROM scratch\nCOPY Dockerfile /\n", f"{repository}:1")
        for event in client.push(repository, tag="1", stream=True, decode=True):
            assert "error" not in event, event
        (digest,) = client.inspect_image(f"{repository}:1")["RepoDigests"]  # type: ignore[no-untyped-call]
        client.remove_image(f"{repository}:1")
        return f"{repository}:1", digest

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{self.address}/v2/"):
            return True
        return False


def registry(folder: Path) -> Registry:
    """One that is not started yet; skips where there is none to start."""
    if shutil.which(PROGRAM) is None:
        pytest.skip(f"there is no {PROGRAM} here")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return Registry(folder=folder, address=f"127.0.0.1:{port}")
