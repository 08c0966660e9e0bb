"""Options and exit codes of `gate`."""

from __future__ import annotations

import pytest

from tests.support.gaterun import gate
from tests.support.oddmodels import write_deaf
from tests.support.repos import Repo
from tests.support.tinymodels import write_model


@pytest.fixture
def mixed(repo: Repo) -> Repo:
    """A change of three models: one well, one with an advisory finding, one deaf."""
    write_model(repo.file("models/well/1"))
    write_model(repo.file("models/padded/007"))
    write_deaf(repo.file("models/deaf/1"))
    repo.commit()
    return repo


def test_one_bad_model_of_several_rejects_the_change(mixed: Repo) -> None:
    run = gate(mixed, "--jobs", "2")
    assert run.exit_code == 1, run.output
    assert run.report["verdict"] == "rejected"
    assert {name: one["verdict"] for name, one in run.models().items()} == {
        "well": "accepted",
        "padded": "accepted",
        "deaf": "rejected",
    }
    assert run.report["base"] == mixed.sha("HEAD~1")
    assert run.report["head"] == mixed.head
    assert run.report["runtime"] == "embedded"
    failures = {case.get("name") for case in run.junit.iterfind(".//testcase[failure]")}
    assert failures == set(run.failed("deaf"))
    assert len(run.junit.findall(".//testcase")) == 3 * len(run.models()["well"]["checks"])


def test_one_model_is_chosen_by_name(mixed: Repo) -> None:
    run = gate(mixed, "--model", "well")
    assert (run.exit_code, set(run.models())) == (0, {"well"}), run.output
    unknown = gate(mixed, "--model", "wel", "--model", "padded")
    assert unknown.exit_code == 2
    assert "there is no model 'wel'" in unknown.ended.stderr
    assert "well" in unknown.ended.stderr


def test_advisory_findings_may_be_made_to_fail(mixed: Repo) -> None:
    run = gate(mixed, "--model", "padded", "--fail-on", "advisory")
    assert run.exit_code == 1, run.output
    assert set(run.failed("padded")) == {"version/layout"}


def test_a_red_verdict_may_be_kept_from_the_exit_code(mixed: Repo) -> None:
    run = gate(mixed, "--model", "deaf", "--fail-on", "never")
    assert (run.exit_code, run.report["verdict"]) == (0, "rejected"), run.output


def test_everything_is_validated_without_a_base(mixed: Repo) -> None:
    run = gate(mixed, "--model", "well", base="")
    assert run.exit_code == 0, run.output
    assert any("Everything is validated" in note for note in run.report["notes"])
    assert run.report["base"] is None


def test_a_stray_model_is_undecided(repo: Repo) -> None:
    write_model(repo.file("somewhere/model"))
    repo.commit()
    run = gate(repo)
    assert run.exit_code == 3, run.output
    assert run.report["verdict"] == "undecided"
    assert "ignore: [somewhere/model]" in run.summary.replace("\\", "")


def test_it_works_from_a_directory_below_the_top(repo: Repo) -> None:
    write_model(repo.file("models/m/1"))
    repo.commit()
    below = Repo(repo.file("models"), initialise=False)
    run = gate(below)
    assert run.exit_code == 0, run.output
    assert run.models()["m"]["path"] == "models/m"


def test_outside_of_git_everything_is_validated(repo: Repo) -> None:
    plain = Repo(repo.path.parent / "plain", initialise=False)
    write_model(plain.file("models/m/1"))
    run = gate(plain, base="")
    assert run.exit_code == 0, run.output
    assert (run.report["base"], run.report["head"]) == (None, None)


def test_reports_that_cannot_be_written(repo: Repo) -> None:
    repo.write("taken", "a file\n")
    run = gate(repo, "--output", "taken", base="HEAD")
    assert run.exit_code == 3, run.output
    assert "The reports cannot be written to taken" in run.ended.stderr
