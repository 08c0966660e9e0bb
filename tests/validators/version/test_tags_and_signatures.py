from __future__ import annotations

from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.evidence.saved_model import baseline_saved_model, reading
from servegate.facts.change import Baseline
from servegate.facts.settings import Settings
from servegate.findings import Location
from servegate.providers import Blocked
from servegate.savedmodel.reader import read
from servegate.tfserving.versions import Version
from tests.support.evidence import (
    FIRST_VERSION,
    candidate,
    change,
    finding,
    findings,
    later,
    remarks,
)
from tests.support.oddmodels import write_named_signatures
from tests.support.tinymodels import write_model
from validators.version.tags_and_signatures import tags_and_signatures

_GPU = Settings(flags=("--saved_model_tags=serve,gpu",))


def _check(root: Path, settings: Settings | None = None, before: Path | None = None) -> Outcome:
    given = settings or Settings()
    asked = candidate(root=root)
    baseline = Baseline(version=Version(1), directory="1", root=before or root)
    return tags_and_signatures(
        asked,
        reading(asked, change(path=".", root=root), given),
        given,
        later(baseline if before else FIRST_VERSION),
        later(read(before) if before else FIRST_VERSION),
    )


def test_the_server_s_default_is_named(tmp_path: Path) -> None:
    found = finding(_check(write_model(tmp_path, tags=("serve", "gpu"))))

    assert "exactly {serve}; there is {gpu, serve}" in found.message
    assert "the server's default" in found.message
    assert "--saved_model_tags=" in found.remedy
    assert found.location == Location(file="models/prices/2/saved_model.pb")


def test_a_set_of_tags_has_no_order(tmp_path: Path) -> None:
    assert not findings(_check(write_model(tmp_path, tags=("gpu", "serve")), _GPU))
    assert findings(_check(write_model(tmp_path, tags=("serve",)), _GPU))


def test_an_unreadable_graph_is_another_check_s(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"garbage")

    with pytest.raises(Blocked) as blocked:
        list(_check(tmp_path))
    assert blocked.value.by == "version/files-complete"


def test_first_version(tmp_path: Path) -> None:
    assert not list(_check(write_model(tmp_path, signature="scores")))


def test_signatures_under_names_of_their_own(tmp_path: Path) -> None:
    before = write_named_signatures(tmp_path / "1", weight=2.0)
    after = write_named_signatures(tmp_path / "2", weight=3.0)

    assert "clients have to name one of" in remarks(_check(after, before=before))[0]


def test_the_base_version_is_what_was_served_before_the_tags_changed(tmp_path: Path) -> None:
    baseline = Baseline(
        version=Version(1), directory="1", root=write_model(tmp_path, signature="scores")
    )

    assert baseline_saved_model(baseline, _GPU).signature("scores") is not None
