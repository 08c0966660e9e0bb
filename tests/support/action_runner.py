"""Runs a composite action as GitHub's runner does: another user, a workspace, files and a log.

    with ActionRunner(PROJECT, actions=STAND_INS) as runner:
        runner.check_out(pull)
        job = runner.run(events.pull_request(pull), runtime="embedded")
        assert job.exit_code == 0, job.log

What GitHub downloads or keeps for a job (actions that `uses:` names) is replaced by stand-ins:
plain functions that get what `with:` says and return outputs. All else is done here by the runner's
rules: the `bash` template, `env:`, `if:`, expressions, the files for outputs, environment, path and
summary, and the limits on what a step may say.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml

from tests.support.composite import Job, Run
from tests.support.events import REPOSITORY, Event
from tests.support.open_folders import opened, works
from tests.support.processes import alive
from tests.support.repos import PullRequest, Repo

Inputs = Mapping[str, str]
StandIn = Callable[["ActionRunner", Mapping[str, str]], dict[str, str]]

WORLD_WRITABLE = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/var/lock")  # noqa: S108
_USES = re.compile(r"(?P<name>[\w./-]+)@[0-9a-f]{40}\Z")
_SECONDS = 110.0


class ActionRunner:
    """A machine for jobs, with a user of its own; leaving it removes both."""

    def __init__(
        self, action: Path, *, actions: Mapping[str, StandIn], groups: tuple[int, ...] = ()
    ) -> None:
        """`action` is the project whose action.yml runs; `groups` are the user's further groups."""
        self.root = Path(tempfile.mkdtemp(prefix="runner-", dir="/tmp")).resolve()
        self.root.chmod(0o755)
        self.uid = 50_000 + os.getpid() % 10_000
        self.workspace = self.root / "work" / "models" / "models"
        self.temp = self.root / "work" / "_temp"
        self.home = self.root / "home"
        self.action = _downloaded(action, self.root / "work" / "_actions" / "servegate")
        self._groups = groups
        self._actions = actions
        for folder in (self.workspace, self.temp, self.home):
            folder.mkdir(parents=True)
            self.own(folder)
        (self.root / "stash").mkdir()
        self._entrance = opened([Path(sys.base_prefix), Path(sys.prefix)], self.root / "stash")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.root)

    @property
    def usable(self) -> bool:
        """Whether the user can run the tests' interpreter here."""
        return works(self._entrance)

    def own(self, path: Path) -> None:
        """Gives a path, and all below it, to the user."""
        subprocess.run(["chown", "-hR", f"{self.uid}:{self.uid}", str(path)], check=True)

    def check_out(self, pull: PullRequest, *, depth: int = 2) -> Repo:
        """What actions/checkout leaves behind, without credentials."""
        shutil.rmtree(self.workspace)
        clone = pull.checkout(self.workspace, depth=depth)
        self.own(self.workspace)
        return clone

    def as_user(self, *command: str) -> list[str]:
        """The command line that runs a command as the user."""
        groups = (
            f"--groups={','.join(map(str, self._groups))}" if self._groups else "--clear-groups"
        )
        user = (f"--reuid={self.uid}", f"--regid={self.uid}", groups)
        return [*self._entrance, "setpriv", *user, "--", *command]

    def run(
        self,
        event: Event,
        inputs: Inputs | None = None,
        *,
        env: Inputs | None = None,
        seconds: float = _SECONDS,
        **more: str,
    ) -> Job:
        """One job whose only step uses the action; inputs are written with underscores.

        `more` are inputs as well, `env` is the job's own environment; no script may take longer
        than `seconds`.
        """
        definition = yaml.safe_load((self.action / "action.yml").read_text("utf-8"))
        given = {
            name.replace("_", "-"): value
            for name, value in (*(inputs or {}).items(), *more.items())
        }
        unknown = given.keys() - definition["inputs"].keys()
        assert not unknown, f"GitHub warns of unexpected inputs: {unknown}"
        known = {name: str(one.get("default", "")) for name, one in definition["inputs"].items()}
        environment = self._environment(event) | dict(env or {})
        run = Run(runner=self, environment=environment, seconds=seconds)
        run.context["inputs"] = known | given
        for step in definition["runs"]["steps"]:
            run.step(step)
        run.finish(definition["outputs"])
        return run.job

    def use(self, uses: str, given: Mapping[str, str]) -> dict[str, str]:
        """Runs the stand-in of an action, which has to be pinned by a commit."""
        match = _USES.match(uses)
        assert match, f"{uses} is not pinned by a commit's full id"
        return self._actions[match["name"]](self, given)

    def _environment(self, event: Event) -> dict[str, str]:
        file = self.root / "event.json"
        file.write_text(json.dumps(event.payload), "utf-8")
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "USER": "runner",
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_EVENT_NAME": event.name,
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_REF": event.ref,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SHA": event.sha,
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_ARCH": "X64",
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self.temp),
        }

    def changes(self) -> set[str]:
        """What is in the workspace now and was not checked out, also what git ignores."""
        listed = subprocess.run(
            self.as_user("git", "status", "--porcelain", "--ignored"),
            cwd=self.workspace,
            capture_output=True,
            check=True,
        )
        return set(listed.stdout.decode().splitlines())

    def processes(self) -> list[int]:
        """The user's processes that still run."""
        numbered = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit())
        theirs = (int(entry.name) for entry in numbered if _owner(entry) == self.uid)
        return [pid for pid in theirs if alive(pid)]

    def strays(self) -> list[Path]:
        """What the user has left where everybody may write, and in the home directory."""
        shared = (entry for folder in map(Path, WORLD_WRITABLE) for entry in _entries(folder))
        theirs = [entry for entry in shared if _owner(entry) == self.uid]
        return [*theirs, *self.home.iterdir()]


def interpreter() -> Path:
    """The Python that actions/setup-python would have installed: the one below this environment."""
    return (
        Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    )


def _downloaded(project: Path, target: Path) -> Path:
    """What GitHub downloads of an action: its files in git, which belong to another user."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=project,
        capture_output=True,
        check=True,
    )
    for name in map(os.fsdecode, listed.stdout.split(b"\0")):
        if name and (project / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(project / name, target / name)
    return target


def _owner(path: Path) -> int | None:
    try:
        return path.lstat().st_uid
    except OSError:
        return None


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError:
        return
