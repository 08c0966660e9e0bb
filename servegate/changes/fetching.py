"""Commits that a shallow clone lacks, brought from its remotes.

actions/checkout fetches one commit by default. GitHub, like any server of git's protocol 2, hands
out commits by their id.
"""

from __future__ import annotations

import re
from dataclasses import replace

from servegate.changes.git import Git, GitFailed, GitTimedOut

_PATIENCE = 120.0
"""Seconds that one fetch may take: a remote that cannot be reached must not eat the whole run."""

_DEEPENINGS = (30, 300, 3000)
"""By how many commits a shallow history is deepened, in turn, until the merge base shows up."""

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_NAME = re.compile(r"\w[\w./@#-]*\Z")


def obtain(git: Git, sha: str) -> bool:
    """Whether the commit is here, after fetching it if needed. Raises like `Git.run`."""
    if git.commit(sha):
        return True
    # In a full clone --depth would cut the history that is here.
    depth = ("--depth=1",) if _shallow(git) else ()
    return any(_fetch(git, *depth, remote, sha) and git.commit(sha) for remote in _remotes(git))


def obtain_revision(git: Git, revision: str) -> str | None:
    """The commit that a branch, a tag or an id names, here or on a remote; else None.

    `origin/main` and `main` both find the branch `main` of `origin`. Raises like `Git.run`.
    """
    if (found := git.commit(revision)) is not None:
        return found
    if _SHA.match(revision):
        return revision if obtain(git, revision) else None
    if not _NAME.match(revision):
        return None  # nothing that could be read as an option or as <source>:<destination>
    depth = ("--depth=1",) if _shallow(git) else ()
    for remote in _remotes(git):
        if _fetch(git, *depth, remote, revision.removeprefix(f"{remote}/")):
            return git.commit("FETCH_HEAD")
    return None


def merge_base(git: Git, head: str, base: str) -> str | None:
    """The commit where the history of `head` left that of `base`; None where none is found.

    Both must be here. A shallow history is deepened step by step. Raises like `Git.run`.
    """
    for commits in (0, *_DEEPENINGS):
        if commits and not (_shallow(git) and _deepen(git, commits, head, base)):
            return None
        if (found := git.optional("merge-base", head, base)) is not None:
            return found
    return None


def _deepen(git: Git, commits: int, head: str, base: str) -> bool:
    for remote in _remotes(git):
        # A commit that was made here, or a fork's, is unknown to the remote; its base is not.
        for wanted in ((head, base), (base,)):
            if _fetch(git, f"--deepen={commits}", remote, *wanted):
                return True
    return False


def _shallow(git: Git) -> bool:
    return git.text("rev-parse", "--is-shallow-repository") == "true"


def _remotes(git: Git) -> list[str]:
    """The names of the remotes, `origin` first."""
    return sorted(git.text("remote").splitlines(), key=lambda name: (name != "origin", name))


def _fetch(git: Git, *arguments: str) -> bool:
    """Whether the fetch succeeded; the run's own deadline and Ctrl-C are not swallowed."""
    patient = replace(git, deadline=git.deadline.within(_PATIENCE))
    try:
        patient.run("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *arguments)
    except GitFailed:
        return False
    except GitTimedOut:
        with git.in_time("fetch"):
            git.deadline.check()
        return False
    return True
