"""What is said of the way back."""

from __future__ import annotations

import pytest

from servegate.facts.rehearsal import RollBack
from servegate.findings import Severity
from servegate.providers import Blocked, NotApplicable
from servegate.tfserving.versions import Version
from tests.support.evidence import candidate, finding, remarks
from tests.support.rehearsals import ONE, rehearsal
from validators.version.roll_back_works import roll_back_works


def _back(
    expected: Version | None = ONE, *, answered: float | None = None, failure: str = ""
) -> RollBack:
    return RollBack(at=2.0, expected=expected, answered=answered, failure=failure)


def test_a_version_that_comes_back_is_told_with_its_time() -> None:
    played = rehearsal(roll_back=_back(answered=3.5))
    assert remarks(roll_back_works(candidate(), played)) == [
        "Version 1 answered again after 1.5 s."
    ]


def test_one_that_fails_is_a_finding_in_the_server_s_words() -> None:
    played = rehearsal(roll_back=_back(failure="NOT_FOUND: no saved_model.pb"))
    found = finding(roll_back_works(candidate(), played))
    assert "version 1 does not come back: NOT_FOUND: no saved_model.pb" in found.message
    assert found.severity is None


def test_an_older_one_is_worth_a_word() -> None:
    played = rehearsal(roll_back=_back(Version(0), answered=3.0))
    found = finding(roll_back_works(candidate(), played))
    assert "brings version 0 back, and not 1" in found.message
    assert found.severity is Severity.ADVISORY


def test_none_left_is_said() -> None:
    (said,) = remarks(roll_back_works(candidate(), rehearsal(roll_back=_back(None))))
    assert "leaves no version to answer" in said


def test_without_an_upgrade_there_is_no_way_back() -> None:
    with pytest.raises(Blocked):
        list(roll_back_works(candidate(), rehearsal(failure="it is corrupt")))


def test_a_change_that_takes_a_version_away_has_no_way_back() -> None:
    with pytest.raises(NotApplicable, match="brings no version"):
        list(roll_back_works(candidate(), rehearsal()))
