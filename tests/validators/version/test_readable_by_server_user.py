from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.facts.settings import Rollout, Settings
from servegate.findings import Location, Severity
from servegate.providers import NotApplicable
from servegate.savedmodel.files import read_files
from tests.support.evidence import candidate, change, child, finding, findings
from validators.version.readable_by_server_user import readable_by_server_user

STRANGER = os.getuid() + 1


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """A version that only its owner may read."""
    folder = tmp_path / "2"
    (folder / "variables").mkdir(parents=True)
    for name in ("saved_model.pb", "variables/variables.index"):
        (folder / name).write_bytes(b"content")
        (folder / name).chmod(0o600)
    return folder


def outcome(version: Path, settings: Settings, *, in_git: bool = False) -> Outcome:
    fetched = replace(child("2"), in_git=in_git)
    return readable_by_server_user(
        candidate(root=version), change(fetched), read_files(version), settings
    )


def test_what_the_user_cannot_read_is_named(version: Path) -> None:
    found = finding(outcome(version, Settings(user=STRANGER)))

    assert found.severity is None
    assert f"(uid {STRANGER})" in found.message
    assert "saved_model.pb (mode 600), variables/variables.index (mode 600)" in found.observed
    assert "chmod -R a+rX models/prices/2" in found.remedy
    assert found.location == Location(file="models/prices/2")
    assert found.evidence["count"] == 2


def test_without_a_user_it_informs(version: Path) -> None:
    found = finding(outcome(version, Settings()))

    assert found.severity is Severity.ADVISORY
    assert "uid None" not in found.message
    assert "serving: {user: 1000}" in found.remedy


def test_of_many_files_some_are_named(version: Path) -> None:
    for number in range(60):
        (version / f"{number}.txt").touch(mode=0o600)
    found = finding(outcome(version, Settings(user=STRANGER)))

    assert "and 59 more" in found.message
    assert found.evidence["count"] == 62
    assert len(str(found.evidence["files"])) < 2000


@pytest.mark.parametrize("user", [0, os.getuid()])
def test_root_and_the_owner_may(version: Path, user: int) -> None:
    assert not findings(outcome(version, Settings(user=user)))


def test_what_is_in_git_is_never_accused(version: Path) -> None:
    """A checkout under a strict umask looks just like this."""
    with pytest.raises(NotApplicable) as absent:
        list(outcome(version, Settings(user=STRANGER), in_git=True))
    assert "Git keeps no modes" in absent.value.reason


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (Settings(user=STRANGER, rollout=Rollout.IMAGE), "image that the gate builds"),
        (Settings(user=STRANGER, own_image=True), "version/image-holds-candidate"),
    ],
)
def test_images_have_modes_of_their_own(version: Path, settings: Settings, says: str) -> None:
    with pytest.raises(NotApplicable) as absent:
        list(outcome(version, settings))
    assert says in absent.value.reason
    assert not absent.value.enable
