from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sample_models.build import SAMPLES
from sample_models.plans import CLEAN_TWINS, DEMONSTRATIONS, Story
from sample_models.pull_requests import PullRequest, _copy, clean_twins, pull_requests
from servegate.findings import Verdict
from tests.support.repos import git_environment


def git(repository: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(
        command, cwd=repository, env=git_environment(), stdout=subprocess.PIPE, check=True
    )
    return done.stdout.decode()


def changed(one: PullRequest) -> set[str]:
    return set(git(one.repository, "diff", "--name-only", one.base, one.head).split())


def outside_models(one: PullRequest) -> set[str]:
    return {path for path in changed(one) if not path.startswith("models/")}


def test_the_demonstration_tells_each_story_once_and_two_are_healthy() -> None:
    rejected = {one.story: one.fails for one in DEMONSTRATIONS if one.fails}
    assert rejected == {
        Story.STALE: ("version/policy-serves-candidate",),
        Story.FED_THE_WRONG_THING: ("preprocessing/training-equals-serving",),
        Story.DEAF: ("input_sensitivity/depends-on-input",),
    }
    healthy = [one.name for one in DEMONSTRATIONS if one.story is Story.HEALTHY]
    assert healthy == ["ozone-retrained", "cars-hidden-layer"]
    assert {one.story for one in CLEAN_TWINS} == {Story.HEALTHY}


def test_every_model_has_a_healthy_change_and_the_others_are_rejected(
    made: dict[str, PullRequest],
) -> None:
    healthy = {one.name for one in made.values() if one.story is Story.HEALTHY}
    assert {name.partition("-")[0] for name in healthy} == set(SAMPLES)
    for name, one in made.items():
        assert bool(one.expected_checks) == (name not in healthy)
        expected = Verdict.ACCEPTED if name in healthy else Verdict.REJECTED
        assert one.expected_verdict is expected


def test_a_pull_request_is_one_commit_on_top_of_its_base(made: dict[str, PullRequest]) -> None:
    for one in made.values():
        assert git(one.repository, "rev-list", "HEAD").split() == [one.head, one.base]
        assert git(one.repository, "rev-parse", "main").strip() == one.base
        assert git(one.repository, "status", "--porcelain", "--ignored") == ""


def test_the_head_adds_version_two_and_touches_no_other(made: dict[str, PullRequest]) -> None:
    for one in made.values():
        status = git(one.repository, "diff", "--name-status", one.base, one.head, "--", "models")
        model = one.name.partition("-")[0]
        lines = [line.split("\t") for line in status.splitlines()]
        assert {(letter, path.split("/")[1], path.split("/")[2]) for letter, path in lines} == {
            ("A", model, "2")
        }
        first = one.repository / "models" / model / "1"
        assert (first / "saved_model.pb").is_file()


def test_what_else_the_head_changes_is_what_the_story_says(made: dict[str, PullRequest]) -> None:
    recorded = {"data/examples.jsonl"}
    assert {name: outside_models(one) for name, one in made.items()} == {
        "ozone-retrained": set(),
        "ozone-pinned": recorded,
        "reviews-unprocessed": recorded | {"client/request.py"},
        "iris-constant": set(),
        "cars-hidden-layer": recorded,
        "reviews-retrained": recorded,
        "iris-retrained": recorded,
        "complaints-renumbered": recorded | {"training/vocabulary.txt"},
        "complaints-retrained": recorded | {"training/vocabulary.txt", "client/vocabulary.txt"},
        "trees-forgotten": set(),
        "trees-retrained": recorded,
        "opinions-empty": set(),
        "opinions-retrained": recorded,
        "smog-retrained": recorded,
        "stopping-parabola": recorded,
        "nile-retrained": recorded,
    }


def test_production_pins_version_one_where_the_story_is_stale(
    made: dict[str, PullRequest],
) -> None:
    pinned = [
        name
        for name, one in made.items()
        if "versions: 1" in (one.repository / "deploy" / "models.config").read_text()
    ]
    assert pinned == ["ozone-pinned"]


def prepared(one: PullRequest, commit: str, target: Path) -> list[bool]:
    """For each raw example at a commit: whether the client sends what training expects."""
    git(one.repository, "clone", "--quiet", ".", str(target))
    git(target, "checkout", "--quiet", "--detach", commit)
    program = (
        "import json; from training.features import encode; from client.request import build;"
        " raws = [json.loads(line)['raw'] for line in open('data/examples.jsonl')];"
        " print(json.dumps([encode(raw) == build(raw) for raw in raws]))"
    )
    command = [sys.executable, "-B", "-c", program]
    done = subprocess.run(command, cwd=target, capture_output=True, text=True, check=True)
    answer: list[bool] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    ("name", "agreement"),
    [
        ("reviews-unprocessed", {False}),
        ("reviews-retrained", {True}),
        ("ozone-retrained", {True}),
        ("complaints-renumbered", {False}),
        ("complaints-retrained", {True}),
    ],
)
def test_the_client_agrees_with_training_until_the_story_says_otherwise(
    made: dict[str, PullRequest], name: str, agreement: set[bool], tmp_path: Path
) -> None:
    one = made[name]
    before = prepared(one, one.base, tmp_path / "base")
    after = prepared(one, one.head, tmp_path / "head")
    assert before
    assert set(before) == {True}
    assert set(after) == agreement


def test_recordings_are_bound_to_the_version_that_gave_them(made: dict[str, PullRequest]) -> None:
    def bound_to(name: str) -> set[str]:
        lines = (made[name].repository / "data" / "examples.jsonl").read_text().splitlines()
        return {json.loads(line)["for_version"] for line in lines}

    assert bound_to("ozone-retrained") == {"1"}
    assert bound_to("cars-hidden-layer") == {"2"}


def test_the_same_build_gives_the_same_commits_whatever_git_is_told(
    built: Path, made: dict[str, PullRequest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")
    for _ in range(2):
        again = pull_requests(built, tmp_path)
        assert [(one.base, one.head) for one in again] == [
            (made[one.name].base, made[one.name].head) for one in again
        ]


def test_a_directory_that_is_no_repository_is_left_alone(built: Path, tmp_path: Path) -> None:
    precious = tmp_path / "iris-retrained" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("do not lose")
    with pytest.raises(FileExistsError):
        clean_twins(built, tmp_path)
    assert precious.read_text() == "do not lose"


def test_files_of_one_size_and_time_are_committed_all_the_same(tmp_path: Path) -> None:
    # A checkout gives all files one time, and the two clients of `reviews` have one size.
    for side in ("base", "head"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "client.py").write_text(f"# {side}\n", encoding="utf-8")
        os.utime(tmp_path / side / "client.py", (1e9, 1e9))
    _copy(tmp_path / "base", tmp_path / "repository")
    first = (tmp_path / "repository" / "client.py").stat().st_mtime
    _copy(tmp_path / "head", tmp_path / "repository")
    assert first > 1e9
    assert (tmp_path / "repository" / "client.py").read_text("utf-8") == "# head\n"
