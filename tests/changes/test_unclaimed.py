from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from servegate.changes.discovery import ModelSource, discover
from servegate.changes.unclaimed import unclaimed
from servegate.facts.change import Unclaimed
from tests.support.changes import difference_of
from tests.support.repos import Repo

A = ModelSource(name="a", path="models/a")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "repo").model("models/a/1").model("old/v1")
    repo.commit()
    return repo


def _unclaimed(
    repo: Repo, base: str | None, sources: Sequence[ModelSource] = (), ignore: Sequence[str] = ()
) -> tuple[Unclaimed, ...]:
    difference = difference_of(repo, base, sources)
    return unclaimed(sources or discover(difference, ignore), difference, ignore)


def test_a_model_in_a_directory_that_is_no_number(repo: Repo) -> None:
    base = repo.head
    repo.model("models/b/v2").write("export/saved_model.pbtxt").write("saved_model.pb").commit()
    assert _unclaimed(repo, base) == tuple(
        Unclaimed(path=path, has_numbered_siblings=False)
        for path in ("export/saved_model.pbtxt", "models/b/v2/saved_model.pb", "saved_model.pb")
    )


def test_beside_the_versions_of_a_model_it_is_the_layouts_business(repo: Repo) -> None:
    base = repo.head
    repo.model("models/a/v2").commit()
    assert _unclaimed(repo, base) == ()
    assert _unclaimed(repo, base, [A]) == ()


def test_beside_the_versions_of_a_model_that_is_not_configured(repo: Repo) -> None:
    base = repo.head
    repo.model("models/b/1").model("models/b/v2").model("models/c/1").commit()
    assert _unclaimed(repo, base, [A]) == (
        Unclaimed(
            path="models/b/1/saved_model.pb", has_numbered_siblings=False, model_path="models/b"
        ),
        Unclaimed(
            path="models/b/v2/saved_model.pb", has_numbered_siblings=True, model_path="models/b"
        ),
        Unclaimed(
            path="models/c/1/saved_model.pb", has_numbered_siblings=False, model_path="models/c"
        ),
    )


@pytest.mark.parametrize(("number", "above"), [("2", "models/a"), ("1", None), ("v2", None)])
def test_a_number_that_goes_on_from_the_versions_above(
    repo: Repo, number: str, above: str | None
) -> None:
    base = repo.head
    repo.model(f"models/a/export/{number}").commit()
    (found,) = _unclaimed(repo, base, [A])
    assert found.continues == above


def test_a_base_path_one_level_too_high_claims_nothing(repo: Repo) -> None:
    base = repo.head
    repo.model("models/a/2").commit()
    (found,) = _unclaimed(repo, base, [ModelSource(name="a", path="models")])
    assert (found.path, found.model_path) == ("models/a/2/saved_model.pb", "models/a")
    assert found.has_numbered_siblings


def test_a_model_within_a_version_belongs_to_it(repo: Repo) -> None:
    base = repo.head
    repo.model("models/a/2").model("models/a/2/assets.extra/teacher").commit()
    assert _unclaimed(repo, base) == ()


def test_what_is_ignored_deleted_or_unchanged(repo: Repo) -> None:
    base = repo.head
    repo.delete("old").model("fixtures/x/final").commit()
    assert _unclaimed(repo, base, ignore=["fixtures/"]) == ()
    assert _unclaimed(repo, repo.head) == ()


def test_without_a_base_all_may_have_changed(repo: Repo) -> None:
    assert [one.path for one in _unclaimed(repo, None)] == ["old/v1/saved_model.pb"]
