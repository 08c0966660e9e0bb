"""The sample pull requests: small repositories, each with a base and a head commit.

The base commit holds version 1 of a model, in production; the head adds version 2.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sample_models.git import commit_all, git, initialise
from sample_models.plans import ALL, CLEAN_TWINS, DEMONSTRATIONS, Plan, Story
from servegate.findings import Verdict

HERE = Path(__file__).resolve().parent


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


def pull_requests(built: Path, target: Path) -> tuple[PullRequest, ...]:
    """Makes the demonstration's repositories, each in a directory of `target` named after it.

    `built` is what `build_all` returns. A repository that is already there is made again; raises
    `FileExistsError` when something else bears its name.
    """
    return _made(DEMONSTRATIONS, built, target)


def clean_twins(built: Path, target: Path) -> tuple[PullRequest, ...]:
    """Makes the healthy twins of those broken models whose twin the demonstration leaves out.

    A gate that rejects one of these raises a false alarm. Parameters as of `pull_requests`.
    """
    return _made(CLEAN_TWINS, built, target)


def all_pull_requests(built: Path, target: Path) -> tuple[PullRequest, ...]:
    """Makes the demonstration's repositories, their twins', and those of the other sample models.

    The verdicts on these do not depend on the runtime. Parameters as of `pull_requests`.
    """
    return _made(ALL, built, target)


def _made(plans: Sequence[Plan], built: Path, target: Path) -> tuple[PullRequest, ...]:
    return tuple(_make(plan, built, target / plan.name) for plan in plans)


def _make(plan: Plan, built: Path, repository: Path) -> PullRequest:
    _start_afresh(repository)
    _lay_base(plan, built, repository)
    base = commit_all(repository, f"Serve {plan.model} 1", day=1)
    git(repository, "checkout", "--quiet", "-b", plan.name, day=1)
    _lay_head(plan, built, repository)
    head = commit_all(repository, plan.title, day=2)
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
    # Fails when something else bears the name.
    repository.mkdir(parents=True)
    initialise(repository)


def _lay_base(plan: Plan, built: Path, repository: Path) -> None:
    _copy(HERE / plan.model / "repository", repository)
    if plan.base_files:
        _copy(HERE / plan.model / plan.base_files, repository)
    _copy(built / plan.model / "1", repository / "models" / plan.model / "1")
    _record(plan, built, repository, version="1")


def _lay_head(plan: Plan, built: Path, repository: Path) -> None:
    for files in plan.head_files:
        _copy(HERE / plan.model / files, repository)
    candidate = plan.candidate or plan.model
    _copy(built / candidate / "2", repository / "models" / plan.model / "2")
    if plan.recorded:
        _record(plan, built, repository, version="2")


def _record(plan: Plan, built: Path, repository: Path, *, version: str) -> None:
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
