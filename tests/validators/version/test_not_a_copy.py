from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.facts.change import Baseline, Event
from servegate.providers import NotApplicable
from servegate.savedmodel.files import read_files
from servegate.tfserving.versions import Version
from tests.support.changes import pointer_to
from tests.support.evidence import candidate, change, child, finding, findings, remarks
from tests.support.tinymodels import write_model
from validators.version.not_a_copy import not_a_copy


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Versions 1 and 2 of production, and 3, which is a copy of 2."""
    base_path = tmp_path / "models" / "prices"
    write_model(base_path / "1", weight=1.0)
    write_model(base_path / "2", weight=2.0)
    shutil.copytree(base_path / "2", base_path / "3")
    return base_path


def _check(tree: Path, event: Event = Event.ADDED, *, served: int = 2) -> Outcome:
    children = [child(name, Event.UNCHANGED) for name in ("1", "2")]
    baseline = Baseline(version=Version(served), directory=str(served), root=tree / str(served))
    root = tree.parent.parent
    asked = candidate(3, root=tree / "3", event=event)
    return not_a_copy(
        asked, change(*children, child("3", event), root=root), baseline, read_files(tree / "3")
    )


def test_gives_the_entry_that_accepts_it(tree: Path) -> None:
    found = finding(_check(tree))

    assert "the version 2 that is served now" in found.message
    assert 'model: prices, version: "3"' in found.remedy
    assert found.severity is None


def test_copy_of_another_version_is_a_roll_forward(tree: Path) -> None:
    assert remarks(_check(tree, served=1)) == ["Republishes version 2."]


def test_copy_of_another_new_version_is_said_to_be_one(tree: Path) -> None:
    children = [child("1", Event.UNCHANGED), child("2"), child("3")]
    baseline = Baseline(version=Version(1), directory="1", root=tree / "1")
    whole = change(*children, root=tree.parent.parent)
    said = remarks(
        not_a_copy(candidate(3, root=tree / "3"), whole, baseline, read_files(tree / "3"))
    )

    assert said == ["Equals version 2, which the same change adds."]


def test_one_more_file_is_a_difference(tree: Path) -> None:
    (tree / "3" / "README.md").write_text("new", "utf-8")

    assert not findings(_check(tree))


def test_pointer_counts_as_its_content(tree: Path) -> None:
    model = tree / "3" / "saved_model.pb"
    model.write_text(pointer_to(model.read_bytes()), "utf-8")

    assert findings(_check(tree))


def test_what_cannot_be_read_is_equal_to_nothing(tree: Path) -> None:
    for version in ("2", "3"):
        (tree / version / "notes").symlink_to("nowhere")

    assert remarks(_check(tree)) == []


@pytest.mark.parametrize("event", [Event.CHANGED, Event.UNCHANGED])
def test_does_not_apply_to_a_version_that_was_there(tree: Path, event: Event) -> None:
    with pytest.raises(NotApplicable):
        list(_check(tree, event))
