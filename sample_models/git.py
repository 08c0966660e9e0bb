"""git without the user's configuration, and with dates that are the same on every machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def git(repository: Path, *arguments: str, day: int) -> str:
    """What git prints; `day` of a month dates what it writes. Raises `CalledProcessError`."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=repository,
        env=_environment(f"2026-01-{day:02}T09:00:00+00:00"),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def initialise(repository: Path) -> None:
    """An empty repository on branch `main`, made with its directory."""
    repository.mkdir(parents=True, exist_ok=True)
    git(repository, "init", "--quiet", "--template=", "--initial-branch=main", day=1)


def commit_all(repository: Path, message: str, *, day: int) -> str:
    """Commits everything that is not ignored; returns the commit's id."""
    git(repository, "add", "--all", day=day)
    git(repository, "commit", "--quiet", "--allow-empty", f"--message={message}", day=day)
    return git(repository, "rev-parse", "HEAD", day=day)


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
