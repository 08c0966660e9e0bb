"""Runs a console script many times and imports it once: `worker.py SCRIPT SOCKET`.

Started by path with `python -I`, by an interpreter that has the script; needs only the standard
library. Every connection is answered in a fork of its own, so a model that crashes the script ends
that fork alone. A request is a line of JSON: `arguments`, `output` (a file for all that is
printed), `seconds` (after which the fork is killed). The answer is a line with the exit status; no
answer means that the fork was killed.
"""

from __future__ import annotations

import json
import os
import signal
import socketserver
import sys
import traceback
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

Main = Callable[[], object]


class _Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    """`script` is called with its arguments in `sys.argv`, as its console script does."""

    request_queue_size = 16
    script: Main
    name: str


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        request = json.loads(self.rfile.readline())
        signal.alarm(request["seconds"])
        output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.argv = [self.server.name, *request["arguments"]]
        status = _status(self.server.script)
        sys.stdout.flush()
        self.wfile.write(f"{status}\n".encode())


def _status(script: Main) -> int:
    """The exit status that a process would have had."""
    try:
        result = script()
    except SystemExit as end:
        result = end.code
    except BaseException:  # noqa: BLE001 - what ends a process ends this request
        traceback.print_exc()
        return 1
    if result is None:
        return 0
    return result if isinstance(result, int) else 1


def main(name: str, path: str) -> None:
    """Serves until it is killed."""
    (found,) = entry_points(group="console_scripts", name=name)
    script = found.load()
    with _Server(f"{path}.starting", _Handler) as server:
        server.script, server.name = script, name
        # Only now: whoever sees the name may connect.
        Path(f"{path}.starting").rename(path)
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
