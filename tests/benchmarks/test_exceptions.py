"""The accepted exceptions: each has its reason, and there are never more of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from benchmarks.detection import exceptions

ENTRIES = yaml.safe_load(exceptions.FILE.read_text("utf-8")) or []

# Lower it with every exception that goes; it must not rise.
MOST = 0


def test_the_list_only_shrinks() -> None:
    assert len(ENTRIES) == MOST


def test_every_exception_has_a_reason() -> None:
    assert [one for one in ENTRIES if not (one["case"].strip() and one["reason"].strip())] == []
    assert len({one["case"] for one in ENTRIES}) == len(ENTRIES)


def test_what_did_well_needs_no_exception(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "exceptions.yml"
    names = ("did well", "still fails", "was not run")
    file.write_text(yaml.safe_dump([{"case": name, "reason": "because"} for name in names]))
    monkeypatch.setattr(exceptions, "FILE", file)
    assert set(exceptions.accepted()) == set(names)
    assert exceptions.superfluous(["still fails"], names[:2]) == ("did well",)
