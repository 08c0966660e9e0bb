"""Whether the answers change hands with the version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from servegate.checks import Outcome
from servegate.facts.change import Baseline, Event
from servegate.facts.probes import Exchange
from servegate.facts.settings import Rollout, Settings
from servegate.providers import Later, NotApplicable
from servegate.savedmodel.files import read_files
from servegate.tfserving.versions import Version
from tests.support.evidence import (
    FIRST_VERSION,
    candidate,
    finding,
    later,
    remarks,
    replies,
    reply,
)
from tests.support.rehearsals import rehearsal
from tests.support.tinymodels import write_model
from validators.version.upgrade_changes_answers import upgrade_changes_answers

_NOTHING: Later[Any] = later(FIRST_VERSION)


def _exchange(before: float | None, after: float | None) -> Exchange:
    refusal = "INVALID_ARGUMENT: no"
    return Exchange(
        before=reply("a", 1.0, before, refusal=refusal),
        after=reply("a", 1.0, after, refusal=refusal),
    )


def _said(folder: Path, *exchanges: Exchange, same: bool = False) -> Outcome:
    old = write_model(folder / "1", weight=2.0)
    new = write_model(folder / "2", weight=2.0 if same else 3.0)
    return upgrade_changes_answers(
        candidate(root=new),
        Settings(),
        Baseline(version=Version(1), directory="1", root=old),
        read_files(new),
        later(replace(rehearsal(), exchanges=exchanges)),
        _NOTHING,
        _NOTHING,
    )


def test_answers_that_change_are_counted(tmp_path: Path) -> None:
    said = _said(tmp_path, _exchange(1.0, 2.0), _exchange(3.0, 3.0), _exchange(1.0, None))
    assert remarks(said) == ["1 of 2 requests got another answer than before."]


def test_equal_answers_of_other_files_are_said_to_be_equal(tmp_path: Path) -> None:
    (said,) = remarks(_said(tmp_path, _exchange(1.0, 1.0)))
    assert "the very same answer" in said
    assert "whose files differ" in said


def test_equal_answers_of_equal_files_are_a_finding(tmp_path: Path) -> None:
    found = finding(_said(tmp_path, _exchange(1.0, 1.0), same=True))
    assert "every file is equal" in found.message


def test_without_an_answer_there_is_nothing_to_compare(tmp_path: Path) -> None:
    with pytest.raises(NotApplicable):
        list(_said(tmp_path, _exchange(1.0, None)))


def test_two_images_are_compared_side_by_side(tmp_path: Path) -> None:
    root = write_model(tmp_path / "2")
    said = upgrade_changes_answers(
        candidate(root=root),
        Settings(rollout=Rollout.IMAGE),
        Baseline(version=Version(1), directory="1", root=root),
        read_files(root),
        _NOTHING,
        later(replies(reply("a", 1.0, 2.0), reply("b", 2.0, 4.0))),
        later(replies(reply("a", 1.0, 1.0), reply("b", 2.0, 4.0))),
    )
    assert remarks(said) == ["1 of 2 requests got another answer than before."]


def test_a_version_that_is_served_already_changes_nothing(tmp_path: Path) -> None:
    root = write_model(tmp_path / "2")
    with pytest.raises(NotApplicable, match="already"):
        list(
            upgrade_changes_answers(
                candidate(event=Event.UNCHANGED, root=root),
                Settings(rollout=Rollout.IMAGE),
                Baseline(version=Version(2), directory="2", root=root),
                read_files(root),
                _NOTHING,
                _NOTHING,
                _NOTHING,
            )
        )
