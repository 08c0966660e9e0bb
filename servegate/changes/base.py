"""Which commit a change is compared with.

The rules are those of GitHub's events. Where no commit can be found, everything is validated:
never nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from servegate.changes.event import CiEvent
from servegate.changes.fetching import merge_base, obtain, obtain_revision
from servegate.changes.git import Git


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is compared with what.

    `base` may be known although `everything` is validated (`--all --base main`): it is then what
    the versions' baseline is taken from. `head` is the commit that is checked out. `reason` is
    a sentence for the reports.
    """

    base: str | None
    head: str | None
    everything: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """A commit and what it is, or None and why there is none; `why` completes a sentence."""

    sha: str | None
    why: str


def compare(
    git: Git | None, *, event: CiEvent | None = None, base: str = "", everything: bool = False
) -> Comparison:
    """Finds the base of the change: `base` (a revision) if given, else by the event's rules.

    `git` is None outside a repository. Fetches what a shallow clone lacks. Raises `GitTimedOut`
    and `Interrupted`; a base that cannot be had is no error.
    """
    if git is None:
        return _without_base(None, "this is not a git repository")
    head = git.commit("HEAD")
    if head is None:
        return _without_base(None, "the repository has no commit yet")
    found = _given(git, head, base) if base else _by_event(git, head, event)
    if found.sha is None:
        return _without_base(head, "--all was given" if everything else found.why)
    compared = f"Compared with {found.sha[:10]}, {found.why}."
    wanted = "--all was given" if everything else _standing_order(event)
    if wanted:
        compared = f"Everything is validated: {wanted}. {compared}"
    return Comparison(base=found.sha, head=head, everything=bool(wanted), reason=compared)


def _without_base(head: str | None, why: str) -> Comparison:
    reason = f"Everything is validated: {why}."
    return Comparison(base=None, head=head, everything=True, reason=reason)


def _standing_order(event: CiEvent | None) -> str:
    """Why an event asks for everything even where a base was given; "" for those about a change."""
    if event is None or event.name in _RULES:
        return ""
    return f"the event {event.name} is not about one change"


def _given(git: Git, head: str, revision: str) -> _Base:
    commit = obtain_revision(git, revision)
    if commit is None:
        return _Base(sha=None, why=f"{revision} was not found here or on a remote")
    return _left(git, head, commit, revision)


def _left(git: Git, head: str, base: str, name: str) -> _Base:
    """Where the history of `head` left that of `base`."""
    common = merge_base(git, head, base)
    if common is None:
        return _Base(sha=None, why=f"no common ancestor with {name} was found")
    return _Base(sha=common, why=f"the merge base with {name}")


def _by_event(git: Git, head: str, event: CiEvent | None) -> _Base:
    if event is None:
        return _Base(sha=None, why="no base was given (--base)")
    rule = _RULES.get(event.name)
    if rule is None:
        return _Base(sha=None, why=_standing_order(event))
    return rule(git, head, event)


def _pull_request(git: Git, head: str, event: CiEvent) -> _Base:
    parents = _parents(git, head)
    pushed = event.commit("pull_request", "head", "sha")
    merged = head == event.sha and len(parents) == 2 and parents[1] == pushed
    if merged and obtain(git, parents[0]):
        return _Base(sha=parents[0], why="the base branch in GitHub's merge commit")
    base = event.commit("pull_request", "base", "sha")
    if base is None:
        return _Base(sha=None, why="the event names no base")
    if not obtain(git, base):
        return _Base(sha=None, why=f"the event's base {base[:10]} could not be fetched")
    return _left(git, head, base, "the event's base")


def _parents(git: Git, commit: str) -> list[str]:
    """The parents as the commit records them; `git log` hides those that a shallow clone lacks."""
    header = git.text("cat-file", "commit", commit).partition("\n\n")[0]
    rows = [line.partition(" ") for line in header.splitlines()]
    return [value for name, _, value in rows if name == "parent"]


def _merge_group(git: Git, _head: str, event: CiEvent) -> _Base:
    return _exactly(git, event.commit("merge_group", "base_sha"), "the merge group's base")


def _push(git: Git, _head: str, event: CiEvent) -> _Base:
    return _exactly(git, event.commit("before"), "the commit before this push")


def _exactly(git: Git, sha: str | None, what: str) -> _Base:
    if sha is None:
        return _Base(sha=None, why=f"the event does not name {what}")
    if not obtain(git, sha):
        return _Base(sha=None, why=f"{what} ({sha[:10]}) could not be fetched")
    return _Base(sha=sha, why=what)


_RULES: dict[str, Callable[[Git, str, CiEvent], _Base]] = {
    "pull_request": _pull_request,
    "pull_request_review": _pull_request,
    "pull_request_target": _pull_request,
    "merge_group": _merge_group,
    "push": _push,
}
"""The events that are about one change. All others (schedule, …) validate everything."""
