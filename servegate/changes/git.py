"""The git command: quiet, deaf to the user's settings, with a deadline on every call.

Paths travel as bytes (`os.fsencode`), separated by NUL. Settings that would start other programs
or change the output (hooks, pagers, file system monitors, external diffs) are switched off.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.errors import CannotTell

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    # Files whose time stamp alone differs are compared by content, not reported.
    "diff.autoRefreshIndex=true",
    "gc.auto=0",
    "maintenance.auto=false",
)

# What `git rev-parse --local-env-vars` lists, but for the settings, which may hold credentials:
# inside a hook these name another repository than the one that is asked for.
_FOREIGN = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIFF_OPTS",
        "GIT_DIR",
        "GIT_EXTERNAL_DIFF",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)

GLANCE = 0.2
"""Seconds between two looks at the deadline while git works."""


class GitMissing(CannotTell):
    """There is a repository and no git command."""

    def __init__(self) -> None:
        super().__init__(
            "The git command was not found.", remedy="Install git, or put it on the PATH."
        )


class GitFailed(CannotTell):
    """Git refused; `words` is what it wrote to standard error."""

    def __init__(self, arguments: tuple[str, ...], code: int, words: str) -> None:
        self.code = code
        self.words = words.strip()
        super().__init__(
            f"git {arguments[0]} failed with code {code}: {self.words or 'no message'}",
            remedy="Run the same command in the repository to see why.",
        )


class GitTimedOut(CannotTell):
    """The run's time was up while git worked."""

    def __init__(self, arguments: tuple[str, ...]) -> None:
        super().__init__(
            f"The time was up while git {arguments[0]} was running.",
            remedy="Check out the base commit as well (fetch-depth: 2), or allow more time.",
        )


def open_repository(root: Path, deadline: Deadline) -> Git | None:
    """The git repository whose working tree holds `root`; None where there is none.

    `root` is usually the top of the working tree; below it, paths are relative to `root` and the
    rest of the repository is not looked at. Raises `GitMissing` and, where git refuses to work in
    this folder, `GitFailed`.
    """
    if not any((folder / ".git").exists() for folder in (root, *root.resolve().parents)):
        return None
    git = Git(root=root, deadline=deadline)
    try:
        inside = git.text("rev-parse", "--is-inside-work-tree")
    except GitFailed as failure:
        if "not a git repository" in failure.words:
            return None
        raise
    return git if inside == "true" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """Runs git in `root`. Every method raises `GitFailed`, `GitTimedOut` and `Interrupted`."""

    root: Path
    deadline: Deadline

    def text(self, *arguments: str) -> str:
        """What git prints, without the line feed at its end."""
        return os.fsdecode(self.run(*arguments)).removesuffix("\n")

    def records(self, *arguments: str) -> list[str]:
        """What git prints with `-z`: the parts between the NULs."""
        return os.fsdecode(self.run(*arguments)).split("\0")[:-1]

    def optional(self, *arguments: str) -> str | None:
        """Like `text`; None where git says "no" with code 1 (`--verify --quiet`, `--get`)."""
        try:
            return self.text(*arguments)
        except GitFailed as failure:
            if failure.code == 1:
                return None
            raise

    def commit(self, revision: str) -> str | None:
        """The id of the commit that a revision names, None where it names none that is here."""
        if revision.startswith("-"):
            return None
        try:
            # ^{commit} makes git look: a bare 40-digit id would be echoed unchecked.
            return self.optional("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        except GitFailed:
            return None

    def object_at(self, commit: str, path: str) -> str | None:
        """The id of the file or directory at a path of a commit, None where there is none."""
        if "\0" in path:
            return None
        return self.optional("rev-parse", "--verify", "--quiet", f"{commit}:./{path}")

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git writes to standard output when `given` comes from standard input."""
        with self.start(*arguments) as process, self.in_time(*arguments):
            output, words = self._communicate(process, given)
        if process.returncode != 0:
            raise GitFailed(arguments, process.returncode, os.fsdecode(words))
        return output

    def _communicate(self, process: subprocess.Popen[bytes], given: bytes) -> tuple[bytes, bytes]:
        to_send: bytes | None = given
        while True:
            self.deadline.check()
            try:
                return process.communicate(to_send, min(GLANCE, self.deadline.remaining()))
            except subprocess.TimeoutExpired:
                to_send = None  # communicate() remembers what it has not sent yet

    @contextmanager
    def in_time(self, *arguments: str) -> Iterator[None]:
        """Says which git was running when the time was up."""
        try:
            yield
        except DeadlineExceeded as late:
            raise GitTimedOut(arguments) from late

    @contextmanager
    def start(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A running git with pipes; killed with its children when it has not ended by itself."""
        try:
            process = subprocess.Popen(
                self._command(arguments),
                cwd=self.root,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise GitMissing from error
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    # git fetch has helpers; the session makes them one group.
                    os.killpg(process.pid, signal.SIGKILL)

    def _command(self, arguments: tuple[str, ...]) -> list[bytes | str]:
        settings = [f"safe.directory={self.root.resolve()}", *_SETTINGS]
        options = [part for setting in settings for part in ("-c", setting)]
        return ["git", "--no-pager", *options, *arguments]


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    return kept | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
