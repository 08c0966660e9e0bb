"""The steps of a composite action, one after the other, by the rules of GitHub's runner.

After `CompositeActionHandler.cs`, `ScriptHandler.cs` and `FileCommandManager.cs` of actions/runner.
"""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.expressions import condition, filled
from tests.support.runner import Command, obeyed
from tests.support.runner import outputs as read_outputs

if TYPE_CHECKING:
    from tests.support.action_runner import ActionRunner

LARGEST_SUMMARY = 1024 * 1024
PER_LEVEL = 10
LONGEST = 4096
LEVELS = ("error", "warning", "notice")
_BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")


@dataclass(slots=True, kw_only=True)
class Job:
    """What a job's page on GitHub would show."""

    exit_code: int = 0
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    annotations: list[Command] = field(default_factory=list)
    log: str = ""
    ran: list[str] = field(default_factory=list)

    def annotated(self, level: str) -> list[Command]:
        return [one for one in self.annotations if one.name == level]


@dataclass(slots=True, kw_only=True)
class Run:
    """A job that was begun: `step` runs one step, `finish` says what all have left."""

    runner: ActionRunner
    environment: dict[str, str]
    seconds: float
    job: Job = field(default_factory=Job)
    context: dict[str, object] = field(default_factory=dict)
    results: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context |= {
            "steps": self.results,
            "runner": {"temp": str(self.runner.temp), "os": "Linux", "arch": "X64"},
            "env": self.environment,
        }

    def step(self, step: Mapping[str, Any]) -> None:
        if not condition(str(step.get("if", "")), self.context, failed=bool(self.job.exit_code)):
            return
        self.job.ran.append(step["name"])
        if "uses" in step:
            found = self.runner.use(step["uses"], self._filled(step.get("with", {})))
        else:
            found = self._script(step)
        if "id" in step:
            self.results[step["id"]] = {"outputs": found}

    def finish(self, outputs: Mapping[str, Mapping[str, str]]) -> None:
        """The action's own outputs: also of a job that failed."""
        self.job.outputs = {
            name: filled(one["value"], self.context) for name, one in outputs.items()
        }

    def _filled(self, values: Mapping[str, object]) -> dict[str, str]:
        return {name: filled(_text(value), self.context) for name, value in values.items()}

    def _script(self, step: Mapping[str, Any]) -> dict[str, str]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an expression in a script can be injected"
        files = _Files.new(self.runner)
        script = self.runner.temp / f"{uuid.uuid4()}.sh"
        script.write_text(step["run"], "utf-8")
        script.chmod(0o644)
        done = subprocess.run(
            self.runner.as_user(*_BASH, str(script)),
            cwd=self.runner.workspace,
            env=self.environment | self._filled(step.get("env", {})) | files.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=self.seconds,
            check=False,
        )
        script.unlink()
        log = done.stdout.decode("utf-8", "replace")
        self.job.log += log
        self.job.annotations += _annotations(log)
        self.job.summary += files.summary()
        found = files.read("GITHUB_OUTPUT")
        self.environment |= files.read("GITHUB_ENV")
        assert not files.text("GITHUB_PATH"), "the action has no business with the job's PATH"
        files.remove()
        self.job.exit_code = self.job.exit_code or done.returncode
        return found


def _text(value: object) -> str:
    """A YAML value as the runner reads it: always text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _annotations(log: str) -> Iterator[Command]:
    """What GitHub keeps of a step's commands; a command of any other effect is a fault here."""
    counts: Counter[str] = Counter()
    for command in obeyed(log):
        assert command.name in {*LEVELS, "group", "endgroup"}, command
        counts[command.name] += 1
        if command.name in LEVELS and counts[command.name] <= PER_LEVEL:
            assert len(command.data.encode("utf-16-le")) // 2 <= LONGEST, "GitHub cuts this"
            yield command


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """The files by which one step talks to the runner."""

    folder: Path
    environment: dict[str, str]

    @classmethod
    def new(cls, runner: ActionRunner) -> _Files:
        folder = runner.temp / f"_runner_file_commands_{uuid.uuid4()}"
        folder.mkdir()
        names = (
            "GITHUB_OUTPUT",
            "GITHUB_ENV",
            "GITHUB_PATH",
            "GITHUB_STATE",
            "GITHUB_STEP_SUMMARY",
        )
        for name in names:
            (folder / name).touch()
        runner.own(folder)
        return cls(folder=folder, environment={name: str(folder / name) for name in names})

    def text(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode()

    def read(self, name: str) -> dict[str, str]:
        return read_outputs(self.text(name))

    def summary(self) -> str:
        text = self.text("GITHUB_STEP_SUMMARY")
        assert len(text.encode()) <= LARGEST_SUMMARY, "GitHub drops the whole summary"
        return text

    def remove(self) -> None:
        shutil.rmtree(self.folder)
