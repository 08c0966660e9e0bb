"""Builds real git repositories, clones and pull requests as GitHub makes them.

    repo = Repo(tmp_path / "origin")
    base = repo.model("models/a/1").commit()
    repo.branch("feature").model("models/a/2").commit()
    pull = repo.pull_request("feature")
    clone = pull.checkout(tmp_path / "clone", depth=2)
    environment = pull.environment(tmp_path)

Identity, dates and configuration are fixed, so that object ids are the same on every machine.
Paths are strings, relative to the repository, with "/"; bytes that are not UTF-8 are written as
surrogate escapes (`os.fsdecode(b"\\xff")`).
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_EPOCH = 1_700_000_000


def git_environment() -> dict[str, str]:
    """An environment in which git knows nothing of this machine or its user."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
    }


class Repo:
    """One repository with a working tree; made on first use, on branch `main`.

    With `initialise=False` it is a plain folder, or one below the top of another repository.
    """

    def __init__(self, path: Path, *, initialise: bool = True) -> None:
        self.path = path
        if initialise and not (path / ".git").exists():
            path.mkdir(parents=True, exist_ok=True)
            self.git("init", "--quiet", "--initial-branch=main")
            # As github.com does: any commit may be fetched by its id.
            self.git("config", "uploadpack.allowAnySHA1InWant", "true")

    def git(self, *arguments: str) -> str:
        """What `git` prints, without its last newline; raises when it fails."""
        dates = self._dates() if arguments[0] in {"commit", "merge"} else {}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env=git_environment() | dates,
            check=False,
            capture_output=True,
        )
        assert done.returncode == 0, os.fsdecode(done.stderr)
        return os.fsdecode(done.stdout).removesuffix("\n")

    def _dates(self) -> dict[str, str]:
        """A minute after the commit before: equal dates would leave the order of logs open."""
        commits = int(self.git("rev-list", "--all", "--count"))
        when = f"{_EPOCH + 60 * commits} +0000"
        return {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}

    def file(self, name: str) -> Path:
        """The absolute path of a file of the working tree."""
        return self.path / name

    def write(self, name: str, content: str | bytes = "text\n") -> Repo:
        """Writes one file."""
        file = self.file(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def model(self, version: str, content: str = "model") -> Repo:
        """Writes a version directory ("models/a/1"): what git can tell of a SavedModel."""
        self.write(f"{version}/saved_model.pb", f"{content}\n")
        return self.write(f"{version}/variables/variables.index", f"index of {content}\n")

    def link(self, name: str, target: str) -> Repo:
        """Writes a symbolic link."""
        self.file(name).parent.mkdir(parents=True, exist_ok=True)
        self.file(name).symlink_to(target)
        return self

    def delete(self, name: str) -> Repo:
        """Removes a file or a directory from the working tree and the index."""
        self.git("rm", "-r", "--quiet", "--", name)
        return self

    def move(self, old: str, new: str) -> Repo:
        """Renames a file or a directory in the working tree and the index."""
        self.file(new).parent.mkdir(parents=True, exist_ok=True)
        self.git("mv", "--", old, new)
        return self

    def commit(self, message: str = "Change") -> str:
        """Commits everything that is not ignored; returns the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head

    @property
    def head(self) -> str:
        """The id of the commit that is checked out."""
        return self.sha("HEAD")

    def sha(self, revision: str) -> str:
        """The id of a commit."""
        return self.git("rev-parse", "--verify", f"{revision}^{{commit}}")

    def branch(self, name: str, start: str = "HEAD") -> Repo:
        """Starts a branch and checks it out."""
        self.git("checkout", "--quiet", "-b", name, start)
        return self

    def checkout(self, revision: str) -> Repo:
        """Checks out a branch, or a commit as a detached HEAD."""
        self.git("checkout", "--quiet", revision)
        return self

    def clone(self, path: Path, *, depth: int | None = None, revision: str = "main") -> Repo:
        """Clones as actions/checkout does: `revision` alone, detached, with `origin` set.

        `revision` is a branch, a ref ("refs/pull/1/merge") or a commit's id; without a depth all
        branches come along.
        """
        clone = Repo(path)
        clone.git("remote", "add", "origin", self.path.as_uri())
        if depth is None:
            clone.git("fetch", "--quiet", "origin")
            clone.git("fetch", "--quiet", "origin", revision)
        else:
            clone.git("fetch", "--quiet", "--no-tags", f"--depth={depth}", "origin", revision)
        return clone.checkout("FETCH_HEAD")

    def pull_request(self, head: str, base: str = "main", *, number: int = 1) -> PullRequest:
        """What GitHub makes of a pull request: a merge commit of base and head, on its own ref.

        The branch that was checked out before is checked out again.
        """
        before = self.git("rev-parse", "--abbrev-ref", "HEAD")
        base_sha, head_sha = self.sha(base), self.sha(head)
        self.git("checkout", "--quiet", "--detach", base_sha)
        self.git("merge", "--quiet", "--no-ff", "-m", f"Merge {head_sha} into {base}", head_sha)
        merge = self.head
        self.git("update-ref", f"refs/pull/{number}/merge", merge)
        self.git("update-ref", f"refs/pull/{number}/head", head_sha)
        self.git("checkout", "--quiet", before)
        return PullRequest(repo=self, number=number, base=base_sha, head=head_sha, merge=merge)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request on GitHub: `base` is the event's base.sha, `merge` is GITHUB_SHA."""

    repo: Repo
    number: int
    base: str
    head: str
    merge: str

    def checkout(self, path: Path, *, depth: int | None = 1) -> Repo:
        """The workspace after actions/checkout: the merge commit."""
        return self.repo.clone(path, depth=depth, revision=f"refs/pull/{self.number}/merge")

    def payload(self) -> dict[str, object]:
        """The event's payload, as far as the gate reads it."""
        return {
            "number": self.number,
            "pull_request": {
                "head": {"sha": self.head, "ref": "feature"},
                "base": {"sha": self.base, "ref": "main"},
            },
        }

    def environment(self, folder: Path) -> dict[str, str]:
        """The runner's variables for this event; the payload is written into `folder`."""
        return event_environment(folder, "pull_request", self.payload(), self.merge)


def event_environment(
    folder: Path, name: str, payload: Mapping[str, object], sha: str
) -> dict[str, str]:
    """The runner's variables for any event; the payload is written into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"event-{name}.json"
    file.write_text(json.dumps(payload), encoding="utf-8")
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": name,
        "GITHUB_EVENT_PATH": str(file),
        "GITHUB_SHA": sha,
    }
