from __future__ import annotations

from pathlib import Path

import pytest

from servegate.changes.base import Comparison, compare
from servegate.changes.event import read_event
from tests.support.changes import opened
from tests.support.repos import PullRequest, Repo, event_environment


def _compare(repo: Repo, environment: dict[str, str], base: str = "") -> Comparison:
    return compare(opened(repo.path), event=read_event(environment), base=base)


@pytest.fixture
def origin(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "origin")
    repo.model("models/a/1").commit("one")
    return repo


@pytest.fixture
def pull(origin: Repo) -> PullRequest:
    """A pull request that was opened before the base branch moved."""
    origin.branch("feature").model("models/a/2").commit("two")
    origin.checkout("main").write("README.md").commit("the base moves")
    return origin.pull_request("feature")


@pytest.mark.parametrize("depth", [1, 2, None])
def test_the_merge_commit_is_compared_with_the_base_branch(
    pull: PullRequest, tmp_path: Path, depth: int | None
) -> None:
    clone = pull.checkout(tmp_path / "clone", depth=depth)
    found = _compare(clone, pull.environment(tmp_path))
    assert (found.base, found.head, found.everything) == (pull.base, pull.merge, False)
    assert pull.base[:10] in found.reason


def test_a_stale_base_sha_in_the_event_does_not_matter(
    pull: PullRequest, origin: Repo, tmp_path: Path
) -> None:
    stale = origin.sha("main~1")
    payload = {"pull_request": {"head": {"sha": pull.head}, "base": {"sha": stale}}}
    environment = event_environment(tmp_path, "pull_request", payload, pull.merge)
    clone = pull.checkout(tmp_path / "clone", depth=2)
    assert _compare(clone, environment).base == pull.base


@pytest.mark.parametrize("depth", [1, 2, None])
def test_the_head_checked_out_instead_of_the_merge(
    pull: PullRequest, origin: Repo, tmp_path: Path, depth: int | None
) -> None:
    clone = origin.clone(tmp_path / "clone", depth=depth, revision=pull.head)
    found = _compare(clone, pull.environment(tmp_path))
    assert (found.base, found.everything) == (origin.sha("main~1"), False)


def test_a_merge_of_something_else_is_not_githubs_merge(
    pull: PullRequest, origin: Repo, tmp_path: Path
) -> None:
    origin.checkout("feature").write("more").commit("pushed while the job waited")
    clone = pull.checkout(tmp_path / "clone", depth=None)
    payload = {"pull_request": {"head": {"sha": origin.head}, "base": {"sha": pull.base}}}
    environment = event_environment(tmp_path, "pull_request", payload, pull.merge)
    found = _compare(clone, environment)
    assert found.base == pull.base
    assert "merge base" in found.reason


def test_the_history_is_deepened_until_the_merge_base(origin: Repo, tmp_path: Path) -> None:
    start = origin.head
    origin.branch("feature")
    for number in range(40):
        origin.commit(f"feature {number}")
    origin.checkout("main").commit("main")
    pull = origin.pull_request("feature")
    clone = origin.clone(tmp_path / "clone", depth=1, revision="feature")
    assert _compare(clone, pull.environment(tmp_path)).base == start


def test_a_fork_finds_the_base_at_its_second_remote(origin: Repo, tmp_path: Path) -> None:
    fork = origin.clone(tmp_path / "fork")
    fork.branch("feature").model("models/a/2").commit("two")
    origin.write("README.md").commit("only upstream")
    payload = {"pull_request": {"head": {"sha": fork.head}, "base": {"sha": origin.head}}}
    environment = event_environment(tmp_path, "pull_request", payload, "")
    clone = fork.clone(tmp_path / "clone", revision="feature")
    clone.git("remote", "add", "upstream", origin.path.as_uri())
    assert _compare(clone, environment).base == origin.sha("main~1")
    assert _compare(clone, {}, base="upstream/main").base == origin.sha("main~1")


def test_unrelated_histories_validate_everything(origin: Repo) -> None:
    origin.git("checkout", "--quiet", "--orphan", "alone")
    origin.commit("alone")
    found = _compare(origin, {}, base="main")
    assert (found.base, found.everything) == (None, True)
    assert "no common ancestor with main" in found.reason


def test_a_base_that_cannot_be_fetched_validates_everything(
    pull: PullRequest, tmp_path: Path
) -> None:
    clone = pull.checkout(tmp_path / "clone", depth=1)
    clone.git("remote", "set-url", "origin", (tmp_path / "nowhere").as_uri())
    found = _compare(clone, pull.environment(tmp_path))
    assert (found.base, found.everything) == (None, True)
    assert f"{pull.base[:10]} could not be fetched" in found.reason


def test_a_full_clone_stays_full(origin: Repo, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone")
    origin.write("later").commit("later")
    environment = event_environment(tmp_path, "push", {"before": origin.head}, clone.head)
    assert _compare(clone, environment).base == origin.head
    assert clone.git("rev-parse", "--is-shallow-repository") == "false"


def test_merge_group(pull: PullRequest, tmp_path: Path) -> None:
    payload = {"merge_group": {"base_sha": pull.base, "head_sha": pull.merge}}
    environment = event_environment(tmp_path, "merge_group", payload, pull.merge)
    clone = pull.checkout(tmp_path / "clone", depth=1)
    found = _compare(clone, environment)
    assert (found.base, found.everything) == (pull.base, False)


def test_push(origin: Repo, tmp_path: Path) -> None:
    before = origin.head
    origin.model("models/a/2").commit("two")
    origin.model("models/a/3").commit("three")
    environment = event_environment(tmp_path, "push", {"before": before}, origin.head)
    clone = origin.clone(tmp_path / "clone", depth=1)
    assert _compare(clone, environment).base == before


@pytest.mark.parametrize("before", ["0" * 40, "1234567890" * 4, "--upload-pack=evil", None])
def test_push_with_no_usable_commit_before(
    origin: Repo, tmp_path: Path, before: str | None
) -> None:
    environment = event_environment(tmp_path, "push", {"before": before}, origin.head)
    found = _compare(origin, environment)
    assert (found.base, found.everything) == (None, True)


@pytest.mark.parametrize("name", ["workflow_dispatch", "schedule"])
def test_events_about_no_change_validate_everything(
    origin: Repo, tmp_path: Path, name: str
) -> None:
    environment = event_environment(tmp_path, name, {}, origin.head)
    found = _compare(origin, environment)
    assert (found.base, found.everything) == (None, True)
    assert name in found.reason
    with_base = _compare(origin, environment, base="main")
    assert (with_base.base, with_base.everything) == (origin.head, True)


@pytest.mark.usefixtures("pull")
def test_a_plain_shell(origin: Repo) -> None:
    origin.checkout("feature")
    git = opened(origin.path)
    assert compare(git).everything
    given = compare(git, base="main")
    assert (given.base, given.everything) == (origin.sha("main~1"), False)
    both = compare(git, base="main", everything=True)
    assert (both.base, both.everything) == (origin.sha("main~1"), True)
    assert "--all" in both.reason


@pytest.mark.usefixtures("pull")
@pytest.mark.parametrize("base", ["main", "origin/main", "refs/heads/main"])
def test_a_branch_that_a_shallow_clone_lacks_is_fetched(
    origin: Repo, tmp_path: Path, base: str
) -> None:
    clone = origin.clone(tmp_path / "clone", depth=1, revision="feature")
    assert _compare(clone, {}, base=base).base == origin.sha("main~1")


@pytest.mark.parametrize("base", ["nope", "--output=x", "main:evil", "a b", "\udcff", "x" * 9999])
def test_a_revision_that_names_nothing(origin: Repo, tmp_path: Path, base: str) -> None:
    clone = origin.clone(tmp_path / "clone")
    found = _compare(clone, {}, base=base)
    assert (found.base, found.everything) == (None, True)
    assert base in found.reason
    assert clone.git("branch", "--list", "evil") == ""


def test_no_repository_and_no_commit(tmp_path: Path) -> None:
    assert compare(None) == Comparison(
        base=None,
        head=None,
        everything=True,
        reason="Everything is validated: this is not a git repository.",
    )
    empty = Repo(tmp_path / "empty")
    assert "no commit yet" in compare(opened(empty.path)).reason


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '{"pull_request": 3}'])
def test_a_payload_that_says_nothing(origin: Repo, tmp_path: Path, text: str) -> None:
    environment = event_environment(tmp_path, "pull_request", {}, origin.head)
    Path(environment["GITHUB_EVENT_PATH"]).write_text(text)
    found = _compare(origin, environment)
    assert found.everything
    assert "the event names no base" in found.reason


def test_the_head_of_an_event(pull: PullRequest, tmp_path: Path) -> None:
    event = read_event(pull.environment(tmp_path))
    assert event is not None
    assert event.head == pull.head
    pushed = read_event(event_environment(tmp_path, "push", {}, pull.merge))
    assert pushed is not None
    assert pushed.head == pull.merge
    assert read_event({}) is None
