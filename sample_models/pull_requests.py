"""Demonstration pull requests: small repositories, each with a base and a head commit.

The base commit holds version 1 of a model, in production; the head adds version 2.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from servegate.findings import Verdict

HERE = Path(__file__).resolve().parent


class Story(StrEnum):
    """Why a model server always gives the same answer, or that it does not."""

    HEALTHY = "healthy"
    STALE = "stale"
    FED_THE_WRONG_THING = "fed the wrong thing"
    DEAF = "deaf"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A repository with the head commit checked out.

    `base` and `head` are full commit ids. `expected_checks` are among the checks that fail;
    others may fail for the same reason.
    """

    name: str
    title: str
    story: Story
    repository: Path
    base: str
    head: str
    expected_verdict: Verdict
    expected_checks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What a pull request is made of.

    The repository starts as `<model>/repository/`, with the files of `<model>/<base_files>/` laid
    over it. The head adds version 2 from the build's `candidate` and the files of
    `<model>/<head_files>/`; `recorded` says whether it brings examples of that version.
    """

    name: str
    title: str
    model: str
    story: Story = Story.HEALTHY
    candidate: str = ""
    base_files: str = ""
    head_files: str = ""
    recorded: bool = True
    fails: tuple[str, ...] = ()


_DEMONSTRATIONS = (
    _Plan(
        name="ozone-retrained",
        title="Retrain ozone on the whole summer",
        model="ozone",
        # As teams do: the recordings of version 1 stay, and say nothing about version 2.
        recorded=False,
    ),
    _Plan(
        name="ozone-pinned",
        title="Retrain ozone on the whole summer (production still pins version 1)",
        model="ozone",
        story=Story.STALE,
        base_files="pinned",
        fails=("version/policy-serves-candidate",),
    ),
    _Plan(
        name="reviews-unprocessed",
        title="Retrain reviews and make the client independent of training",
        model="reviews",
        story=Story.FED_THE_WRONG_THING,
        head_files="unprocessed",
        fails=("preprocessing/training-equals-serving",),
    ),
    _Plan(
        name="iris-constant",
        title="Retrain iris on all flowers (with a line of debugging left in)",
        model="iris",
        story=Story.DEAF,
        candidate="iris-constant",
        # The author of a deaf version has not looked at its answers.
        recorded=False,
        fails=("input_sensitivity/depends-on-input",),
    ),
    _Plan(
        name="cars-hidden-layer",
        title="Give cars a hidden layer",
        model="cars",
    ),
)

_CLEAN_TWINS = (
    _Plan(
        name="reviews-retrained",
        title="Retrain reviews on 60 more of them",
        model="reviews",
    ),
    _Plan(
        name="iris-retrained",
        title="Retrain iris on all flowers",
        model="iris",
    ),
)


def pull_requests(built: Path, target: Path) -> tuple[PullRequest, ...]:
    """Makes the demonstration's repositories, each in a directory of `target` named after it.

    `built` is what `build_all` returns. A repository that is already there is made again; raises
    `FileExistsError` when something else bears its name.
    """
    return tuple(_make(plan, built, target / plan.name) for plan in _DEMONSTRATIONS)


def clean_twins(built: Path, target: Path) -> tuple[PullRequest, ...]:
    """Makes the healthy twins of those broken models whose twin the demonstration leaves out.

    A gate that rejects one of these raises a false alarm. Parameters as of `pull_requests`.
    """
    return tuple(_make(plan, built, target / plan.name) for plan in _CLEAN_TWINS)


def _make(plan: _Plan, built: Path, repository: Path) -> PullRequest:
    _start_afresh(repository)
    _lay_base(plan, built, repository)
    base = _commit(repository, f"Serve {plan.model} 1", day=1)
    _git(repository, "checkout", "--quiet", "-b", plan.name, day=1)
    _lay_head(plan, built, repository)
    head = _commit(repository, plan.title, day=2)
    return PullRequest(
        name=plan.name,
        title=plan.title,
        story=plan.story,
        repository=repository,
        base=base,
        head=head,
        expected_verdict=Verdict.REJECTED if plan.fails else Verdict.ACCEPTED,
        expected_checks=plan.fails,
    )


def _start_afresh(repository: Path) -> None:
    if (repository / ".git").is_dir():
        shutil.rmtree(repository)
    repository.mkdir(parents=True)
    _git(repository, "init", "--quiet", "--template=", "--initial-branch=main", day=1)


def _lay_base(plan: _Plan, built: Path, repository: Path) -> None:
    _copy(HERE / plan.model / "repository", repository)
    if plan.base_files:
        _copy(HERE / plan.model / plan.base_files, repository)
    _copy(built / plan.model / "1", repository / "models" / plan.model / "1")
    _record(plan, built, repository, version="1")


def _lay_head(plan: _Plan, built: Path, repository: Path) -> None:
    if plan.head_files:
        _copy(HERE / plan.model / plan.head_files, repository)
    candidate = plan.candidate or plan.model
    _copy(built / candidate / "2", repository / "models" / plan.model / "2")
    if plan.recorded:
        _record(plan, built, repository, version="2")


def _record(plan: _Plan, built: Path, repository: Path, *, version: str) -> None:
    (repository / "data").mkdir(exist_ok=True)
    examples = built / plan.model / "examples" / f"{version}.jsonl"
    shutil.copyfile(examples, repository / "data" / "examples.jsonl")


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(
        source,
        target,
        ignore=shutil.ignore_patterns("__pycache__"),
        # Not the times: git takes a file of the same size and time for unchanged.
        copy_function=shutil.copyfile,
        dirs_exist_ok=True,
    )


def _commit(repository: Path, message: str, *, day: int) -> str:
    _git(repository, "add", "--all", day=day)
    _git(repository, "commit", "--quiet", f"--message={message}", day=day)
    return _git(repository, "rev-parse", "HEAD", day=day)


def _git(repository: Path, *arguments: str, day: int) -> str:
    """Runs git without the user's configuration; `day` of a month dates what it writes."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=repository,
        env=_environment(f"2026-01-{day:02}T09:00:00+00:00"),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _environment(date: str) -> dict[str, str]:
    # A caller inside a git hook has GIT_DIR set: it would redirect every command.
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    person = {"NAME": "Model Team", "EMAIL": "models@example.com", "DATE": date}
    roles = {
        f"GIT_{role}_{key}": text
        for role in ("AUTHOR", "COMMITTER")
        for key, text in person.items()
    }
    return inherited | roles | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
