"""Which models a run validates, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.deadline import Deadline
from servegate.errors import WrongUse
from servegate.facts.change import ChangeKind, Event
from servegate.pipeline.options import Options
from servegate.pipeline.selection import Selection, select
from tests.support.repos import Repo

MODEL = "saved_model.pb"


def chosen(repo: Repo, *, base: str = "HEAD~1", models: tuple[str, ...] = ()) -> Selection:
    options = Options(repository=repo.path, base=base, models=models)
    return select(options, None, ["version/layout"], Deadline.after(60))


def labels(selection: Selection) -> list[str]:
    return [subject.label for subject in selection.subjects]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Two models without a configuration."""
    made = Repo(tmp_path / "repository")
    made.write(f"models/a/1/{MODEL}", "a").write(f"models/b/1/{MODEL}", "b")
    made.write("README.md")
    made.commit()
    return made


def test_nothing_that_a_verdict_rests_on_changed(repo: Repo) -> None:
    repo.write("README.md", "better").commit()
    selection = chosen(repo)
    assert (selection.subjects, selection.unclaimed) == ((), ())
    assert selection.names == ("a", "b")


def test_only_the_changed_model_is_validated(repo: Repo) -> None:
    repo.write(f"models/a/2/{MODEL}", "new").commit()
    selection = chosen(repo)
    assert labels(selection) == ["a 2"]
    assert selection.subjects[0].change.kind is ChangeKind.VERSIONS


def test_a_new_configuration_concerns_every_model(repo: Repo) -> None:
    repo.write("servegate.yml", "serving: {rollout: image}\n").commit()
    selection = chosen(repo)
    assert labels(selection) == ["a 1", "b 1"]
    assert {one.change.kind for one in selection.subjects} == {ChangeKind.DEPENDENCY}


CONFIGURED = """
serving: {model_config: deploy/models.config, flags: ["--batching_parameters_file=deploy/b.txt"]}
models:
  - name: a
    path: models/a
    examples: data/a.jsonl
    changed_when: ["*.dvc"]
    preprocessing: {training: training.features:encode, serving: client:build}
  - {name: b, path: models/b}
"""


@pytest.fixture
def configured(repo: Repo) -> Repo:
    """The same two models, with everything that a verdict may rest on."""
    repo.write("servegate.yml", CONFIGURED).write("deploy/models.config", "model_config_list {}")
    repo.write("deploy/b.txt").write("data/a.jsonl", "{}").write("a.dvc")
    repo.write("training/features.py", "from training import words\n")
    repo.write("training/words.py").write("client.py").write("unrelated.py")
    repo.commit()
    return repo


@pytest.mark.parametrize(
    ("file", "validated"),
    [
        ("deploy/models.config", ["a 1", "b 1"]),
        ("deploy/b.txt", ["a 1", "b 1"]),
        ("data/a.jsonl", ["a 1"]),
        ("a.dvc", ["a 1"]),
        ("training/features.py", ["a 1"]),
        ("training/words.py", ["a 1"]),
        ("client.py", ["a 1"]),
        ("unrelated.py", []),
    ],
)
def test_the_files_that_a_verdict_rests_on(
    configured: Repo, file: str, validated: list[str]
) -> None:
    configured.write(file, "changed\n").commit()
    assert labels(chosen(configured)) == validated


def test_one_model_by_name(repo: Repo) -> None:
    repo.write(f"models/a/2/{MODEL}", "x").write(f"models/b/2/{MODEL}", "y").commit()
    assert labels(chosen(repo, models=("b",))) == ["b 2"]


def test_a_model_that_there_is_not(repo: Repo) -> None:
    with pytest.raises(WrongUse, match="there is no model 'c'"):
        chosen(repo, models=("c",))


def test_a_removed_model_has_no_candidate(repo: Repo) -> None:
    repo.delete(f"models/a/1/{MODEL}").commit()
    selection = chosen(repo)
    assert labels(selection) == ["a"]
    assert selection.subjects[0].candidate is None


def test_a_model_file_that_nobody_claims(repo: Repo) -> None:
    repo.write(f"exports/latest/{MODEL}").commit()
    selection = chosen(repo)
    assert [one.path for one in selection.unclaimed] == [f"exports/latest/{MODEL}"]


def test_ignored_places_are_not_looked_at(repo: Repo) -> None:
    repo.write("servegate.yml", "ignore: [exports/]\n").commit()
    repo.write(f"exports/latest/{MODEL}").write(f"exports/m/1/{MODEL}").commit()
    selection = chosen(repo)
    assert (selection.subjects, selection.unclaimed) == ((), ())


BASELINE = "models: [{name: a, path: models/a, baseline: production}]\n"


@pytest.fixture
def downloaded(tmp_path: Path) -> Repo:
    """A model that git does not know; what production has lies in another directory."""
    made = Repo(tmp_path / "repository")
    made.write("servegate.yml", BASELINE).write(".gitignore", "/models/\n/production/\n")
    for folder in ("models/a", "production"):
        made.write(f"{folder}/1/{MODEL}", "one")
    made.commit()
    return made


def test_a_version_that_production_does_not_have_is_added(downloaded: Repo) -> None:
    downloaded.write(f"models/a/2/{MODEL}", "two")
    selection = chosen(downloaded, base="HEAD")
    assert labels(selection) == ["a 2"]
    change = selection.subjects[0].change
    assert [(one.name, one.event) for one in change.children] == [
        ("1", Event.UNCHANGED),
        ("2", Event.ADDED),
    ]
    assert [one.name for one in change.base_names.versions] == ["1"]


def test_a_version_that_differs_from_production_was_changed_in_place(downloaded: Repo) -> None:
    downloaded.write(f"models/a/1/{MODEL}", "other")
    selection = chosen(downloaded, base="HEAD")
    assert [one.event for one in selection.subjects[0].change.children] == [Event.CHANGED]


def test_a_model_is_known_by_its_name_wherever_its_tree_lies(configured: Repo) -> None:
    configured.move("models/a", "store/a")
    text = configured.file("servegate.yml").read_text()
    configured.write("servegate.yml", text.replace("path: models/a", "path: store/a"))
    configured.write(f"store/a/2/{MODEL}", "new").commit()
    selection = chosen(configured)

    (moved,) = [one.change for one in selection.subjects if one.change.name == "a"]
    assert (moved.path, moved.path_before) == ("store/a", "models/a")
    assert [one.event for one in moved.children] == [Event.UNCHANGED, Event.ADDED]
    before = selection.repository.before
    assert before is not None
    assert (before["a"].path, selection.repository.after["a"].path) == ("models/a", "store/a")


def test_a_model_that_leaves_the_configuration_is_known_as_it_was(configured: Repo) -> None:
    text = configured.file("servegate.yml").read_text()
    kept = text.replace("  - {name: b, path: models/b}\n", "")
    configured.write("servegate.yml", kept).commit()
    whole = chosen(configured).repository

    assert whole.before is not None
    assert (set(whole.before), set(whole.after)) == ({"a", "b"}, {"a"})
    assert "servegate.yml" in whole.changed


def test_a_base_configuration_that_cannot_be_read_is_none(repo: Repo) -> None:
    repo.write("servegate.yml", "serving: {rollout: sometimes}\n").commit()
    repo.write("servegate.yml", "serving: {rollout: image}\n").commit()

    assert chosen(repo).config_before is None
