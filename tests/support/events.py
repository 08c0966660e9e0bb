"""The payloads of GitHub's events, cut to what a job may rely on.

Keys and nesting are those of the examples that GitHub publishes for its webhooks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.support.repos import PullRequest

Payload = dict[str, object]

REPOSITORY = "octo-org/models"
FORK = "mallory/models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What starts a job: `sha` is GITHUB_SHA and what is checked out."""

    name: str
    payload: Payload
    sha: str
    ref: str


def _repository(name: str, *, fork: bool = False) -> Payload:
    owner, _, short = name.partition("/")
    return {
        "id": 186853002,
        "name": short,
        "full_name": name,
        "private": False,
        "owner": {"login": owner, "id": 6811672, "type": "Organization"},
        "fork": fork,
        "default_branch": "main",
    }


def _around(**parts: object) -> Payload:
    sender = {"login": "octocat", "id": 21031067, "type": "User", "site_admin": False}
    return {**parts, "repository": _repository(REPOSITORY), "sender": sender}


def _pull_request(pull: PullRequest, head_repository: str) -> Payload:
    fork = head_repository != REPOSITORY
    owner = head_repository.partition("/")[0]
    return _around(
        action="synchronize",
        number=pull.number,
        pull_request={
            "id": 279147437,
            "number": pull.number,
            "state": "open",
            "title": "Retrain $(touch /tmp/owned) `id` ::error::x",
            "draft": False,
            "merged": False,
            "merge_commit_sha": pull.merge,
            "author_association": "NONE" if fork else "MEMBER",
            "head": {
                "label": f"{owner}:feature",
                "ref": "feature",
                "sha": pull.head,
                "repo": _repository(head_repository, fork=fork),
            },
            "base": {
                "label": "octo-org:main",
                "ref": "main",
                "sha": pull.base,
                "repo": _repository(REPOSITORY),
            },
        },
    )


def pull_request(pull: PullRequest) -> Event:
    """From a branch of the repository itself."""
    payload = _pull_request(pull, REPOSITORY)
    ref = f"refs/pull/{pull.number}/merge"
    return Event(name="pull_request", payload=payload, sha=pull.merge, ref=ref)


def from_a_fork(pull: PullRequest) -> Event:
    """From somebody else's repository: a read-only token and no secrets."""
    payload = _pull_request(pull, FORK)
    ref = f"refs/pull/{pull.number}/merge"
    return Event(name="pull_request", payload=payload, sha=pull.merge, ref=ref)


def pull_request_target(pull: PullRequest) -> Event:
    """From a fork, with the base repository's secrets; GITHUB_SHA is the base's."""
    payload = _pull_request(pull, FORK)
    return Event(name="pull_request_target", payload=payload, sha=pull.base, ref="refs/heads/main")


def merge_group(pull: PullRequest) -> Event:
    """The merge queue's trial of this pull request."""
    ref = f"refs/heads/gh-readonly-queue/main/pr-{pull.number}-{pull.base}"
    group = {
        "head_sha": pull.merge,
        "head_ref": ref,
        "base_sha": pull.base,
        "base_ref": "refs/heads/main",
        "head_commit": {"id": pull.merge, "message": "Merge pull request #1"},
    }
    payload = _around(action="checks_requested", merge_group=group)
    return Event(name="merge_group", payload=payload, sha=pull.merge, ref=ref)


def push(pull: PullRequest) -> Event:
    """The merge arrives on the main branch."""
    payload = _around(
        ref="refs/heads/main",
        before=pull.base,
        after=pull.merge,
        created=False,
        deleted=False,
        forced=False,
        base_ref=None,
        commits=[],
        head_commit={"id": pull.merge, "message": "Merge pull request #1"},
        pusher={"name": "octocat", "email": "octocat@example.com"},
    )
    return Event(name="push", payload=payload, sha=pull.merge, ref="refs/heads/main")


ON_PULL_REQUESTS: Mapping[str, Callable[[PullRequest], Event]] = {
    "pull_request": pull_request,
    "from a fork": from_a_fork,
    "merge_group": merge_group,
    "push": push,
}
"""The events on which the gate compares the same two commits."""
