from __future__ import annotations

from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.facts.change import Candidate, Event
from servegate.facts.images import ImageFile, ImageTree
from servegate.findings import Finding, Remark
from servegate.savedmodel.files import VersionFiles, read_files
from servegate.tfserving.versions import Version
from validators.version.image_holds_candidate import image_holds_candidate


@pytest.fixture
def files(tmp_path: Path) -> VersionFiles:
    (tmp_path / "2" / "variables").mkdir(parents=True)
    (tmp_path / "2" / "saved_model.pb").write_bytes(b"graph")
    (tmp_path / "2" / "variables" / "variables.index").write_bytes(b"index")
    return read_files(tmp_path / "2")


def outcome(files: VersionFiles, image: dict[str, ImageFile]) -> list[object]:
    candidate = Candidate(
        model="m",
        path="models/m",
        version=Version(2),
        directory="2",
        root=files.directory,
        event=Event.ADDED,
    )
    tree = ImageTree(image="app:1", place="/models/m/2", user="uid 1000", files=image)
    found: Outcome = image_holds_candidate(candidate, files, tree)
    return list(found)


def copied(files: VersionFiles, *, readable: bool = True) -> dict[str, ImageFile]:
    return {
        one.relpath: ImageFile(digest=files.digest(one), readable=readable) for one in files.files
    }


def test_the_same_files_pass(files: VersionFiles) -> None:
    assert outcome(files, copied(files)) == []


def test_what_the_image_has_on_top_is_only_told(files: VersionFiles) -> None:
    more = {"assets.extra/warm": ImageFile(digest="", readable=True)}
    (told,) = outcome(files, copied(files) | more)
    assert isinstance(told, Remark)
    assert "assets.extra/warm" in told.message


def test_every_kind_of_fault_is_a_finding_of_its_own(files: VersionFiles) -> None:
    stale = {"saved_model.pb": ImageFile(digest="other", readable=False)}
    missing, different, closed = outcome(files, stale)
    assert isinstance(missing, Finding)
    assert missing.observed == "without variables/variables.index"
    assert isinstance(different, Finding)
    assert "saved_model.pb" in different.message
    assert isinstance(closed, Finding)
    assert "uid 1000" in closed.message


def test_an_image_without_the_version_misses_every_file(files: VersionFiles) -> None:
    (found,) = outcome(files, {})
    assert isinstance(found, Finding)
    assert "2 of 2 files are missing at /models/m/2" in found.message
