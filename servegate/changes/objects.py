"""Git's objects: sizes, and contents streamed from `git cat-file --batch`."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from servegate.changes.git import GLANCE, Git, GitFailed

_COMMAND = ("cat-file", "--batch")
_PIECE = 1 << 18


class Objects:
    """One `git cat-file --batch` that is asked for one blob after another.

    The methods raise `GitFailed` when an object is not in the repository, `GitTimedOut` and
    `Interrupted`.
    """

    def __init__(self, git: Git, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None  # noqa: S101 - Git.start() makes all three pipes
        assert process.stdout is not None  # noqa: S101
        self._git = git
        self._requests = process.stdin
        self._answers = process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._answers, select.POLLIN)
        self._buffer = bytearray()

    def read(self, blob: str) -> bytes:
        """The whole content of a blob."""
        pieces: list[bytes] = []
        self.copy(blob, pieces.append)
        return b"".join(pieces)

    def copy(self, blob: str, sink: Callable[[bytes], object]) -> None:
        """Hands the content of a blob to `sink`, piece by piece."""
        with self._git.in_time(*_COMMAND):
            left = self._ask(blob)
            while left:
                piece = self._take(min(left, _PIECE))
                left -= len(piece)
                sink(piece)
            self._take(1)  # the line feed after the content

    def _ask(self, blob: str) -> int:
        try:
            self._requests.write(blob.encode() + b"\n")
            self._requests.flush()
        except BrokenPipeError as error:
            raise GitFailed(_COMMAND, 1, "it ended too early") from error
        while (end := self._buffer.find(b"\n")) < 0:
            self._fill()
        header = bytes(self._buffer[:end]).split()
        del self._buffer[: end + 1]
        if header[1:2] != [b"blob"]:
            raise GitFailed(_COMMAND, 1, os.fsdecode(b" ".join(header)))
        return int(header[2])

    def _take(self, at_most: int) -> bytes:
        if not self._buffer:
            self._fill()
        piece = bytes(self._buffer[:at_most])
        del self._buffer[:at_most]
        return piece

    def _fill(self) -> None:
        while not self._poll.poll(GLANCE * 1000):
            self._git.deadline.check()
        self._git.deadline.check()
        piece = os.read(self._answers, _PIECE)
        if not piece:
            raise GitFailed(_COMMAND, 1, "it ended too early")
        self._buffer += piece


@contextmanager
def open_objects(git: Git) -> Iterator[Objects]:
    """Starts `git cat-file --batch` for as long as the context lasts."""
    with git.start(*_COMMAND) as process:
        yield Objects(git, process)


def blob_sizes(git: Git, blobs: Iterable[str]) -> dict[str, int]:
    """The sizes in bytes of those blobs that are in the repository."""
    given = "".join(f"{blob}\n" for blob in dict.fromkeys(blobs)).encode()
    if not given:
        return {}
    answers = git.run("cat-file", "--batch-check", given=given).decode().splitlines()
    rows = [answer.split() for answer in answers]
    return {row[0]: int(row[2]) for row in rows if row[1] == "blob"}
